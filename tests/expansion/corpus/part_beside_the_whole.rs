#[dag]
fn f(seed: u64) -> u64 {
    let data = load(seed);
    let a = g(data.size, &data);
    let b = g(&data, data.size);
    let c = g(data.size, data);
    h(a, b, c, data.test)
}
