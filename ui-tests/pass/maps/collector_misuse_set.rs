//! A map collects into any collection.

use std::collections::HashSet;

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn count_prices(prices: HashSet<u64>) -> usize {
    prices.len()
}

#[dag]
fn total(count: u64) -> usize {
    let prices: HashSet<_> = list_orders(count).into_iter().map(|order| price(order)).collect();
    count_prices(prices)
}

pub fn main() {
    assert_eq!(total(3), 3);
    assert_eq!(total::call(3).run_blocking().unwrap(), 3);
}
