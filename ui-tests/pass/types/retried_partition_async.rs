//! A partition that moves into an async task that may be called again, and is cloned for it; what
//! all calls share is borrowed.

use std::sync::atomic::{AtomicU64, Ordering};

use dagger::{dag, identity, task};

static CALLS: AtomicU64 = AtomicU64::new(0);

#[derive(Clone)]
struct Order(u64);

#[task]
fn list(count: u64) -> Vec<Order> {
    (0..count).map(Order).collect()
}

struct Prices(u64);

#[task]
fn prices() -> Prices {
    Prices(10)
}

#[task(retry(limit = 4))]
async fn send(order: Order, prices: &Prices) -> u64 {
    assert!(CALLS.fetch_add(1, Ordering::Relaxed) > 3, "the first calls panic");
    prices.0 * order.0
}

#[dag]
async fn process(count: u64) -> Vec<u64> {
    let prices = prices();
    let mut sent = Vec::new();
    for order in list(count) {
        sent.push(send(order, &prices).await);
    }
    identity(sent)
}

pub fn main() {
    assert_eq!(process::call(3).run_blocking().unwrap(), [0, 10, 20]);
}
