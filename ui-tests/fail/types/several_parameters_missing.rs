//! A builder without any of two required parameters.

use dagger::{dag, task};

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(from: u64, to: u64) -> u64 {
    add(from, to)
}

fn main() {
    let _ = process::builder().call();
}
