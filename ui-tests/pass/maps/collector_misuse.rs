//! Each loop has a `Vec` of its own, and the reducing node gets both.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn list_returns(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn sum(sold: Vec<u64>, returned: Vec<u64>) -> u64 {
    sold.into_iter().chain(returned).sum()
}

#[dag]
fn total(count: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(count) {
        prices.push(price(order));
    }
    let mut more_prices = Vec::new();
    for order in list_returns(count) {
        more_prices.push(price(order));
    }
    sum(prices, more_prices)
}

pub fn main() {
    assert_eq!(total(3), 18);
    assert_eq!(total::call(3).run_blocking().unwrap(), 18);
}
