//! A loop that calls a node.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn compute(order: u64) -> u64 {
    order * 3
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(count) {
        prices.push(compute(order));
    }
    sum(prices)
}

pub fn main() {
    assert_eq!(total(3), 9);
    assert_eq!(total::call(3).run_blocking().unwrap(), 9);
}
