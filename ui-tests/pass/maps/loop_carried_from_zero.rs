//! The results are collected, and a task after the loop adds them up.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order
}

#[task]
fn publish(total: u64) -> String {
    total.to_string()
}

#[task]
fn sum(results: Vec<u64>) -> u64 {
    results.into_iter().sum()
}

#[dag]
fn report(count: u64) -> String {
    let mut results = Vec::new();
    for order in list_orders(count) {
        results.push(price(order));
    }
    let total = sum(results);
    publish(total)
}

pub fn main() {
    assert_eq!(report(4), "6");
    assert_eq!(report::call(4).run_blocking().unwrap(), "6");
}
