//! `break` in a loop.

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
        break;
    }
}

#[dag]
fn weekly(count: u64) {
    process(count)
}

fn main() {
    process(3);
    let _ = process::call(3).run_blocking();
    let _ = process::builder().count(3).call();
    let _ = process::dag();
    let _ = weekly::call(3);
}
