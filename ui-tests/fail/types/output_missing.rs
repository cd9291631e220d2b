//! No output where the dag returns one.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {}

fn main() {
    let _ = process::dag();
}
