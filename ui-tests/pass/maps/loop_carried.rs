//! The whole loop in a task.

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
fn book(balance: u64, order: u64) -> u64 {
    balance + order
}

#[task]
fn book_all(mut balance: u64, partitions: Vec<u64>) -> u64 {
    for order in partitions {
        balance = book(balance, order);
    }
    balance
}

#[dag]
fn total(count: u64) -> u64 {
    let balance = open_account();
    let balance = book_all(balance, list_orders(count));
    balance
}

pub fn main() {
    assert_eq!(total(4), 6);
    assert_eq!(total::call(4).run_blocking().unwrap(), 6);
}
