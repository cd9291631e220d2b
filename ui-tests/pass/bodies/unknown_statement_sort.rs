//! A task returns the sorted results.

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
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[task]
fn sort_prices(mut prices: Vec<u64>) -> Vec<u64> {
    prices.sort();
    prices
}

#[dag]
fn total(count: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(count) {
        prices.push(price(order));
    }
    let prices = sort_prices(prices);
    sum(prices)
}

pub fn main() {
    assert_eq!(total(4), total::call(4).run_blocking().unwrap());
}
