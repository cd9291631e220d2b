#[dag]
fn f(n: u64) -> u64 {
    let x = 
}
