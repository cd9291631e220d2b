//! `extend` instead of `push`.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn prices_of(order: u64) -> Vec<u64> {
    vec![order, order * 3]
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(count) {
        prices.extend(prices_of(order));
    }
    sum(prices)
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
