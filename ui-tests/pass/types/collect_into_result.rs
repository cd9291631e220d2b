//! A map whose results are collected as they are: the reducing node decides what a failure means.

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
fn sum(prices: Vec<Result<u64, std::num::ParseIntError>>) -> u64 {
    prices.into_iter().flatten().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    sum(list_orders(count).into_iter().map(price).collect())
}

#[dag]
fn checked_total(count: u64) -> Result<u64, std::num::ParseIntError> {
    let prices = list_orders(count).into_iter().map(price).collect::<Result<Vec<_>, _>>()?;
    Ok(dagger::identity(prices.len() as u64))
}

pub fn main() {
    assert_eq!(total::call(4).run_blocking().unwrap(), total(4));
    assert_eq!(checked_total::call(4).run_blocking().unwrap(), checked_total(4).unwrap());
}
