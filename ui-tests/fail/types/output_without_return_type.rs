//! An output where the dag returns nothing.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) {
    double(size)
}

fn main() {
    let _ = process::dag();
}
