//! An argument too few.

use dagger::{dag, task};

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    add(size)
}

fn main() {
    let _ = process::dag();
}
