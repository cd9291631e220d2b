//! A map whose closure calls a node, with an expression as its argument.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(amount: u64) -> u64 {
    amount
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    sum(list_orders(count).into_iter().map(|order| price(order * 3)).collect())
}

pub fn main() {
    assert_eq!(total(3), 9);
    assert_eq!(total::call(3).run_blocking().unwrap(), 9);
}
