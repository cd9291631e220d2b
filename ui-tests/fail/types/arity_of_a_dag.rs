//! An argument too many for a nested dag.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn double_twice(n: u64) -> u64 {
    double(double(n))
}

#[dag]
fn process(size: u64) -> u64 {
    double_twice(size, size)
}

fn main() {
    let _ = process::dag();
}
