//! A closure that is bound and called.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    let step = |n: u64| n + 1;
    double(step(size))
}

fn main() {
    let _ = process::dag();
}
