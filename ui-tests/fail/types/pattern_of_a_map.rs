//! A tuple pattern for partitions that are numbers.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn process(size: u64) -> u64 {
    let mut prices = Vec::new();
    for (a, b) in list_orders(size) {
        prices.push(add(a, b));
    }
    sum(prices)
}

fn main() {
    let _ = process::dag();
}
