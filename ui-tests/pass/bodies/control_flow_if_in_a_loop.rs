//! A task decides, for each partition.

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
fn sum(prices: Vec<Option<u64>>) -> u64 {
    prices.into_iter().flatten().sum()
}

#[task]
fn choose(order: u64) -> Option<u64> {
    if order > 2 { Some(price(order)) } else { None }
}

#[dag]
fn total(count: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(count) {
        prices.push(choose(order));
    }
    sum(prices)
}

pub fn main() {
    assert_eq!(total(5), 21);
    assert_eq!(total::call(5).run_blocking().unwrap(), 21);
}
