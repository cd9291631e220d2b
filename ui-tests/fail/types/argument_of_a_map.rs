//! The partition, of another type, in a loop.

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
    let mut prices = Vec::new();
    for order in list_orders(size) {
        prices.push(ship(order));
    }
    sum(prices)
}

fn main() {
    let _ = process::dag();
}
