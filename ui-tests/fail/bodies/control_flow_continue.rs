//! `continue` in a loop.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn archive(size: u64) {
    let _ = size;
}

#[dag]
fn process(count: u64) {
    for order in list_orders(count) {
        archive(order);
        continue;
    }
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
