//! An operator that the type of the parameter does not have.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(text: String) -> u64 {
    double(-text)
}

fn main() {
    let _ = process::dag();
}
