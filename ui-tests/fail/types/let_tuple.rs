//! A tuple of names for an output that is no tuple.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let (a, b) = double(size);
    add(a, b)
}

fn main() {
    let _ = process::dag();
}
