//! A loop that calls no node.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(count) {
        prices.push(order * 3);
    }
    sum(prices)
}

#[dag]
fn weekly(count: u64) -> u64 {
    total(count)
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
    let _ = total::builder().count(3).call();
    let _ = total::dag();
    let _ = weekly::call(3);
}
