//! `let mut x: Vec<T>` of another type than a loop pushes.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn label(order: u64) -> String {
    order.to_string()
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn process(size: u64) -> u64 {
    let mut labels: Vec<u64> = Vec::new();
    for order in list_orders(size) {
        labels.push(label(order));
    }
    sum(labels)
}

fn main() {
    let _ = process::dag();
}
