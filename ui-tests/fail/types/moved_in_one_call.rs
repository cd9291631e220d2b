//! One output twice in a list of arguments.

use dagger::{dag, task};

#[task]
fn label(order: u64) -> String {
    order.to_string()
}

#[task]
fn take_both(a: String, b: String) -> usize {
    a.len() + b.len()
}

#[dag]
fn process(size: u64) -> usize {
    let label = label(size);
    take_both(label, label)
}

fn main() {
    let _ = process::dag();
}
