//! What all partitions share, moved in a loop.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn take_both(a: String, b: String) -> usize {
    a.len() + b.len()
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn process(size: u64, name: String) {
    for order in list_orders(size) {
        take_both(order.to_string(), name);
    }
}

fn main() {
    let _ = process::dag();
}
