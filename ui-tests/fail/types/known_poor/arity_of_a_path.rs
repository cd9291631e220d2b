//! A task of two parameters by its path in a map.
//!
//! Poor: rustc says it of `map` and of `collect`, and once more of the call in the graph.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn process(size: u64) -> u64 {
    sum(list_orders(size).into_iter().map(add).collect())
}

fn main() {
    let _ = process::dag();
}
