//! A map whose results are collected into a `Result` that flows on: it would end with the first
//! failure.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> Result<u64, std::num::ParseIntError> {
    order.to_string().parse()
}

#[task]
fn sum(prices: Result<Vec<u64>, std::num::ParseIntError>) -> u64 {
    prices.unwrap_or_default().into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    sum(list_orders(count).into_iter().map(price).collect())
}

fn main() {
    let _ = total(3);
    let _ = total::call(3).run_blocking();
}
