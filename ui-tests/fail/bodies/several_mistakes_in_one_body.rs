//! Five mistakes in one body: all are reported in one build, in the order of the source, once each.
//! What a rejected statement binds is not reported again where it is used.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
fn total(count: u64, discounts: Vec<u64>) -> u64 {
    let limit = count + 1;
    let mut discounted = Vec::new();
    for discount in discounts {
        discounted.push(price(discount));
    }
    println!("{limit}");
    let mut prices = Vec::new();
    for order in list_orders(limit) {
        let first = price(order);
        prices.push(price(first));
    }
    let discount = sum(discounted);
    if discount > 3 {
        price(limit);
    }
    sum(prices)
}

#[dag]
fn weekly(count: u64, discounts: Vec<u64>) -> u64 {
    total(count, discounts)
}

fn main() {
    let _ = total(3, Vec::new());
    let _ = total::call(3, Vec::new()).run_blocking();
    let _ = total::builder().count(3).discounts(Vec::new()).call();
    let _ = total::dag();
    let _ = weekly::call(3, Vec::new());
}
