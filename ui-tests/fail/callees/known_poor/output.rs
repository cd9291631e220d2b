//! An output of a node that is a number, called like a function.
//!
//! Poor: rustc reports the call as well: whether the value is a function is not known to us.

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
