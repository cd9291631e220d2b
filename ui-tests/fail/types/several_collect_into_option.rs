//! As `collect_into_result`, with the type written out, and for an `Option`.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> Option<u64> {
    order.checked_mul(3)
}

#[task]
fn sum(prices: Option<Vec<u64>>) -> u64 {
    prices.unwrap_or_default().into_iter().sum()
}

#[dag]
fn total(count: u64) -> u64 {
    let prices: Option<Vec<u64>> = list_orders(count).into_iter().map(price).collect();
    sum(prices)
}

#[dag]
fn total_of_two(count: u64) -> u64 {
    let orders = list_orders(count);
    sum(orders.iter().map(|order| price(*order)).collect::<Option<Vec<_>>>())
}

fn main() {
    let _ = total::call(3).run_blocking();
    let _ = total_of_two::call(3).run_blocking();
}
