//! A field that two calls take.

use dagger::{dag, task};

struct Order {
    address: String,
    price: u64,
}

#[task]
fn load(number: u64) -> Order {
    Order { address: String::new(), price: number }
}

#[task]
fn ship(address: String) -> u64 {
    address.len() as u64
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let order = load(size);
    let first = ship(order.address);
    let second = ship(order.address);
    add(first, second)
}

fn main() {
    let _ = process::dag();
}
