//! A field that does not exist.

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

#[dag]
fn process(size: u64) -> u64 {
    let order = load(size);
    ship(order.adress)
}

fn main() {
    let _ = process::dag();
}
