//! A value that moves into a task that may be called again, and cannot be cloned.

use dagger::{dag, task};

struct Order(u64);

#[task]
fn read(id: u64) -> Order {
    Order(id)
}

#[task(retry(limit = 3))]
fn send(order: Order) -> u64 {
    order.0
}

#[dag]
fn process(id: u64) -> u64 {
    let order = read(id);
    send(order)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
