#[dag]
fn f(seed: u64) -> u64 {
    let data = load(seed);
    let model = fit(data.size, &data);
    score(model, data.test)
}
