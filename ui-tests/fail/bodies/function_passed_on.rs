//! The path of a task as an argument of another method than `map`.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order * 3
}

#[task]
fn publish(total: u64) -> String {
    total.to_string()
}

#[dag]
fn report(count: u64) -> String {
    publish(list_orders(count).into_iter().map(price).sum())
}

fn main() {
    let _ = report(3);
    let _ = report::call(3).run_blocking();
}
