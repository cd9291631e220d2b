//! A task returns the part.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn check(order: &u64) {
    let _ = order;
}

#[task]
fn partitions(orders: Vec<u64>) -> Vec<u64> {
    orders[1..].to_vec()
}

#[dag]
fn check_all(count: u64) {
    let orders = list_orders(count);
    for order in partitions(orders) {
        check(&order);
    }
}

pub fn main() {
    check_all(3);
    check_all::call(3).run_blocking().unwrap();
}
