#[dag]
fn f(n: u64) { for x in }
