//! A name that does not exist, as what a loop is over.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) {
    for order in orders {
        double(order);
    }
}

fn main() {
    let _ = process::dag();
}
