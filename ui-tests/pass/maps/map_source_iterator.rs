//! A task between the two picks the partitions.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn filtered(partitions: Vec<u64>) -> Vec<u64> {
    partitions.into_iter().filter(|order| *order > 2).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    sum(filtered(list_orders(count)).into_iter().map(price).collect())
}

pub fn main() {
    assert_eq!(total(5), 21);
    assert_eq!(total::call(5).run_blocking().unwrap(), 21);
}
