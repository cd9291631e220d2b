//! A function that is no node, in an argument.

use dagger::{dag, task};

fn plain(n: u64) -> u64 {
    n + 1
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(plain(size))
}

fn main() {
    let _ = process::dag();
}
