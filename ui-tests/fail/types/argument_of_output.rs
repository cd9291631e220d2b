//! The output of a node, of another type.

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
    let label = label(size);
    double(label)
}

fn main() {
    let _ = process::dag();
}
