//! Values that move into a task that may be called again: one is cloned, and one, which cannot be,
//! comes in an `Arc`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dagger::{dag, task};

static CALLS: AtomicU64 = AtomicU64::new(0);

#[derive(Clone)]
struct Order(u64);

struct Stock(u64);

#[task]
fn read(id: u64) -> Order {
    Order(id)
}

#[task]
fn count(id: u64) -> Arc<Stock> {
    Arc::new(Stock(10 * id))
}

#[task(retry(limit = 3))]
fn send(order: Order, stock: Arc<Stock>) -> Result<u64, String> {
    match CALLS.fetch_add(1, Ordering::Relaxed) {
        2 => Ok(stock.0 - order.0),
        call => Err(format!("call {call} fails")),
    }
}

#[dag]
fn process(id: u64) -> Result<u64, String> {
    let order = read(id);
    let stock = count(id);
    send(order, stock)
}

pub fn main() {
    assert_eq!(process::call(3).run_blocking().unwrap(), 27);
    assert!(process(3).is_err());
}
