//! The results are collected, and a task after the loop adds them up.

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

#[task]
fn sum(balance: u64, results: Vec<u64>) -> u64 {
    results.into_iter().fold(balance, |balance, result| balance + result)
}

#[dag]
fn total(count: u64) -> u64 {
    let balance = open_account();
    let mut results = Vec::new();
    for order in list_orders(count) {
        results.push(price(order));
    }
    let balance = sum(balance, results);
    balance
}

pub fn main() {
    assert_eq!(total(4), 6);
    assert_eq!(total::call(4).run_blocking().unwrap(), 6);
}
