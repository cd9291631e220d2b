//! `+=` in a loop, onto a number that is written in the body.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn price(order: u64) -> u64 {
    order
}

#[task]
fn publish(total: u64) -> String {
    total.to_string()
}

#[dag]
fn report(count: u64) -> String {
    let mut total = 0;
    for order in list_orders(count) {
        total += price(order);
    }
    publish(total)
}

fn main() {
    let _ = report(3);
    let _ = report::call(3).run_blocking();
}
