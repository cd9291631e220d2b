//! `push` where there is no loop.

use dagger::{dag, task};

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(order: u64) -> u64 {
    let mut prices = Vec::new();
    prices.push(price(order));
    sum(prices)
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
