//! A misspelt name, bound: uses of what it binds are silent.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    let doubled = duble(size);
    double(doubled)
}

fn main() {
    let _ = process::dag();
}
