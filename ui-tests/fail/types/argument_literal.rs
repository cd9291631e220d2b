//! A literal of another type.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double("three")
}

fn main() {
    let _ = process::dag();
}
