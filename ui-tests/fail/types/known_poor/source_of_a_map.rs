//! A loop over an output that is no collection.
//!
//! Poor: said of the source, of the node, and twice of the attribute.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn process(size: u64) -> u64 {
    let mut prices = Vec::new();
    for order in double(size) {
        prices.push(double(order));
    }
    sum(prices)
}

fn main() {
    let _ = process::dag();
}
