//! An output that the partitions of a map cannot share.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn open(n: u64) -> std::cell::Cell<u64> {
    n.into()
}

#[task]
fn read(n: &std::cell::Cell<u64>) -> u64 {
    n.get()
}

#[dag]
fn process(size: u64) {
    let cell = open(size);
    for _ in list_orders(size) {
        read(&cell);
    }
}

fn main() {
    let _ = process::dag();
}
