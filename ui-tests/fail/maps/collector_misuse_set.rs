//! A collection other than `Vec`, filled in a loop.

use std::collections::HashSet;

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn count_prices(prices: HashSet<u64>) -> usize {
    prices.len()
}

#[dag]
fn total(count: u64) -> usize {
    let mut prices = HashSet::new();
    for order in list_orders(count) {
        prices.insert(price(order));
    }
    count_prices(prices)
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
