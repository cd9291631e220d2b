//! The outputs of single nodes are gathered in an argument.

use dagger::{dag, task};

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(order: u64) -> u64 {
    sum(vec![price(order)])
}

#[dag]
fn total_of_two(order: u64) -> u64 {
    let first = price(order);
    let second = price(order + 1);
    sum(vec![first, second])
}

pub fn main() {
    assert_eq!(total(1), 3);
    assert_eq!(total::call(1).run_blocking().unwrap(), 3);
    assert_eq!(total_of_two::call(1).run_blocking().unwrap(), 9);
}
