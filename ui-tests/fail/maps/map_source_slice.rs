//! A loop over a part of what a node returned.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn check(order: &u64) {
    let _ = order;
}

#[dag]
fn check_all(count: u64) {
    let orders = list_orders(count);
    for order in &orders[1..] {
        check(order);
    }
}

fn main() {
    check_all(3);
    let _ = check_all::call(3).run_blocking();
}
