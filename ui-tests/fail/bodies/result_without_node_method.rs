//! A method on what a map would collect.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[dag]
fn total(count: u64) -> u64 {
    list_orders(count).into_iter().map(price).sum()
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
