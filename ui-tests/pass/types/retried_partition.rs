//! A partition that moves into a task that may be called again, and is cloned for it, and one that
//! cannot be, which is borrowed from the collection.

use std::sync::atomic::{AtomicU64, Ordering};

use dagger::{dag, task};

static CALLS: AtomicU64 = AtomicU64::new(0);

#[derive(Clone)]
struct Order(u64);

struct Item(u64);

#[task]
fn list(count: u64) -> Vec<Order> {
    (0..count).map(Order).collect()
}

#[task]
fn items(count: u64) -> Vec<Item> {
    (0..count).map(Item).collect()
}

#[task(retry(limit = 4))]
fn send(order: Order) -> Result<u64, String> {
    match CALLS.fetch_add(1, Ordering::Relaxed) {
        call if call < 4 => Err(format!("call {call} fails")),
        _ => Ok(order.0),
    }
}

#[task(retry(limit = 1))]
fn pack(item: &Item) -> u64 {
    item.0
}

#[task]
fn sum(sent: Vec<u64>, packed: Vec<u64>) -> u64 {
    sent.into_iter().chain(packed).sum()
}

#[dag]
fn process(count: u64) -> Result<u64, String> {
    let mut sent = Vec::new();
    for order in list(count) {
        sent.push(send(order)?);
    }
    let items = items(count);
    let mut packed = Vec::new();
    for item in &items {
        packed.push(pack(item));
    }
    Ok(sum(sent, packed))
}

pub fn main() {
    assert_eq!(process::call(3).run_blocking().unwrap(), 6);
}
