//! `.fold(…)` over the output of a node.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn book(balance: u64, order: u64) -> u64 {
    balance + order
}

#[dag]
fn total(count: u64) -> u64 {
    list_orders(count).into_iter().fold(0, |balance, order| book(balance, order))
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
