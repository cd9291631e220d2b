//! A field of another type.

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
fn label(order: u64) -> String {
    order.to_string()
}

#[dag]
fn process(size: u64) -> Order {
    let address = label(size);
    let price = label(size);
    Order { address, price }
}

fn main() {
    let _ = process::dag();
}
