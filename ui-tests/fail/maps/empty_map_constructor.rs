//! A map with the path of an associated function, which is no node.

use dagger::{dag, task};

#[task]
fn list_orders(count: u32) -> Vec<u32> {
    (0..count).collect()
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(count: u32) -> u64 {
    sum(list_orders(count).into_iter().map(u64::from).collect())
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
