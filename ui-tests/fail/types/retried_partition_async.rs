//! A partition that moves into an async task that may be called again, and cannot be cloned.

use dagger::{dag, identity, task};

struct Order(u64);

#[task]
fn list(count: u64) -> Vec<Order> {
    (0..count).map(Order).collect()
}

#[task(retry(limit = 3))]
async fn send(order: Order) -> u64 {
    order.0
}

#[dag]
async fn process(count: u64) -> Vec<u64> {
    let mut sent = Vec::new();
    for order in list(count) {
        sent.push(send(order).await);
    }
    identity(sent)
}

fn main() {
    drop(process(3));
    let _ = process::call(3).run_blocking();
}
