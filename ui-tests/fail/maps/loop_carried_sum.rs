//! `+=` in a loop, onto the output of a node.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn open_account() -> u64 {
    0
}

#[task]
fn price(order: u64) -> u64 {
    order
}

#[dag]
fn total(count: u64) -> u64 {
    let mut balance = open_account();
    for order in list_orders(count) {
        balance += price(order);
    }
    balance
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
