//! A task that takes another type than the partitions have, by its path.
//!
//! Poor: rustc says it of `map` and of `collect`, and once more of the call in the graph.

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
    sum(list_orders(size).into_iter().map(ship).collect())
}

fn main() {
    let _ = process::dag();
}
