//! `impl Trait` as the parameter of a dag.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: impl Into<u64>) -> u64 {
    double(size.into())
}

fn main() {
    let _ = process(3_u64);
    let _ = process::dag();
}
