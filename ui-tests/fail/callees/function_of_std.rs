//! A function of the standard library.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    let largest = std::cmp::max(size, 1);
    double(largest)
}

fn main() {
    let _ = process::dag();
}
