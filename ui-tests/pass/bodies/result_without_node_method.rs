//! A task reduces what the map collects.

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
fn sum(results: Vec<u64>) -> u64 {
    results.into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    sum(list_orders(count).into_iter().map(price).collect())
}

pub fn main() {
    assert_eq!(total(4), total::call(4).run_blocking().unwrap());
}
