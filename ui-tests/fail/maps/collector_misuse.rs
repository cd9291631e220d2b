//! Two loops push to the same `Vec`.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn list_returns(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    let mut prices = Vec::new();
    for order in list_orders(count) {
        prices.push(price(order));
    }
    for order in list_returns(count) {
        prices.push(price(order));
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
