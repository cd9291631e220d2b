//! `for_each` instead of `for`.

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
    list_orders(count).into_iter().for_each(archive)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
