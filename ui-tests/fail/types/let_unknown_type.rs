//! `let x: T` of a type that does not exist.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    let doubled: Amount = double(size);
    double(doubled)
}

fn main() {
    let _ = process::dag();
}
