#[task]
fn f(u64, &str, Vec<u64>) {}
