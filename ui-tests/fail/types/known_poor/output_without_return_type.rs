//! An output where the dag returns nothing.
//!
//! Poor: rustc says it again of the graph, where labels or help differ.

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
