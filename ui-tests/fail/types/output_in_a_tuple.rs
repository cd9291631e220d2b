//! One of two outputs of another type.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
fn label(order: u64) -> String {
    order.to_string()
}

#[dag]
fn process(size: u64) -> (u64, u64) {
    (double(size), label(size))
}

fn main() {
    let _ = process::dag();
}
