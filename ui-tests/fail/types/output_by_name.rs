//! A bound output of another type than the dag returns.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> String {
    let doubled = double(size);
    doubled
}

fn main() {
    let _ = process::dag();
}
