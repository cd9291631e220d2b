//! A return type that does not exist.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> Amount {
    double(size)
}

fn main() {
    let _ = process::dag();
}
