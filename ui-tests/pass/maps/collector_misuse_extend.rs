//! A result for each partition, joined by the reducing task.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn prices_of(order: u64) -> Vec<u64> {
    vec![order, order * 3]
}

#[task]
fn sum(prices: Vec<Vec<u64>>) -> u64 {
    prices.into_iter().flatten().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(count) {
        prices.push(prices_of(order));
    }
    sum(prices)
}

pub fn main() {
    assert_eq!(total(3), 12);
    assert_eq!(total::call(3).run_blocking().unwrap(), 12);
}
