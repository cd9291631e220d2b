//! A loop.

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
    for partition in list_orders(count) {
        archive(partition);
    }
}

pub fn main() {
    process(4);
    process::call(4).run_blocking().unwrap();
}
