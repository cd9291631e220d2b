//! The reducing task picks the results.

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
fn filtered(results: Vec<u64>) -> Vec<u64> {
    results.into_iter().filter(|price| *price > 2).collect()
}

#[dag]
fn total(count: u64) -> u64 {
    sum(filtered(list_orders(count).into_iter().map(price).collect()))
}

pub fn main() {
    assert_eq!(total(3), 9);
    assert_eq!(total::call(3).run_blocking().unwrap(), 9);
}
