//! A misspelt name in a loop.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn process(size: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(size) {
        prices.push(duble(order));
    }
    sum(prices)
}

fn main() {
    let _ = process::dag();
}
