//! Two parameters of one name.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64, size: u64) -> u64 {
    double(size)
}

fn main() {
    let _ = process::dag();
}
