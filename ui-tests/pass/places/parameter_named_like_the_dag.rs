//! A dag with a parameter of its own name. Today the function is said to be never used.
//!
//! Trybuild allows that lint, `accepted.rs` does not: the file fails once it stands there.
#![deny(warnings)]

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn size(size: u64) -> u64 {
    double(size)
}

pub fn main() {
    assert_eq!(size::call(1).run_blocking().unwrap(), 2);
}
