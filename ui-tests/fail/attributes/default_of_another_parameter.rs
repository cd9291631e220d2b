//! A default that reads another parameter.

use dagger::{dag, task};

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64, #[default(size + 1)] limit: u64) -> u64 {
    add(size, limit)
}

fn main() {
    let _ = process::builder().size(3).call();
}
