//! A dag that maps itself.

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
    sum(list_orders(count).into_iter().map(total).collect())
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
