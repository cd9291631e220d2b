//! A loop that hands its result on to the next pass.

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

#[dag]
fn total(count: u64) -> u64 {
    let mut balance = open_account();
    for order in list_orders(count) {
        balance = book(balance, order);
    }
    balance
}

#[dag]
fn weekly(count: u64) -> u64 {
    total(count)
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
    let _ = total::builder().count(3).call();
    let _ = total::dag();
    let _ = weekly::call(3);
}
