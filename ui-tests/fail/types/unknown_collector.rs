//! A name that does not exist, as what a loop fills.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) {
    for order in list_orders(size) {
        prices.push(double(order));
    }
}

fn main() {
    let _ = process::dag();
}
