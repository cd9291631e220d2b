//! `.into_iter()` of an output that is no collection.

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
    sum(double(size).into_iter().map(double).collect())
}

fn main() {
    let _ = process::dag();
}
