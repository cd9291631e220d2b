//! As `retried_partition`, in the iterator spelling.

use dagger::{dag, identity, task};

struct Order(u64);

#[task]
fn list(count: u64) -> Vec<Order> {
    (0..count).map(Order).collect()
}

#[task(retry(limit = 3))]
fn send(order: Order) -> u64 {
    order.0
}

#[dag]
fn process(count: u64) -> Vec<u64> {
    identity(list(count).into_iter().map(|order| send(order)).collect())
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
