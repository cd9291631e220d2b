//! An output of a node that is a number, called like a function.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    let doubled = double(size);
    doubled(3)
}

fn main() {
    let _ = process::dag();
}
