#[task]
fn f(n: u64) -> u64;
