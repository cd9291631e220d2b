//! An argument of another type in a call of the graph.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

fn main() {
    let _ = process::call("3");
}
