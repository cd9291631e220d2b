//! The output of a node that is called in the argument.

use dagger::{dag, task};

#[task]
fn label(order: u64) -> String {
    order.to_string()
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(label(size))
}

fn main() {
    let _ = process::dag();
}
