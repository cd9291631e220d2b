//! A name that does not exist, as the output.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    let doubled = double(size);
    doublet
}

fn main() {
    let _ = process::dag();
}
