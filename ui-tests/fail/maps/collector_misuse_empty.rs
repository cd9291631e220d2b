//! A `Vec` that no loop fills, as an argument.

use dagger::{dag, task};

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total() -> u64 {
    let prices = Vec::new();
    sum(prices)
}

fn main() {
    let _ = total();
    let _ = total::call().run_blocking();
}
