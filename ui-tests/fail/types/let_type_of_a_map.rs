//! `let x: Vec<T>` of another type, for what a map collects.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn label(order: u64) -> String {
    order.to_string()
}

#[dag]
fn process(size: u64) {
    let labels: Vec<u64> = list_orders(size).into_iter().map(label).collect();
}

fn main() {
    let _ = process::dag();
}
