//! The partition, of another type, in a closure.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn ship(address: String) -> u64 {
    address.len() as u64
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn process(size: u64) -> u64 {
    sum(list_orders(size).into_iter().map(|order| ship(order)).collect())
}

fn main() {
    let _ = process::dag();
}
