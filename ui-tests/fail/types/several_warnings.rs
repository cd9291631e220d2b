//! What rustc warns of in a body, as errors: each once, where the function is.
#![deny(warnings)]

use dagger::{dag, task};

#[deprecated = "use `double`"]
#[task]
fn twice(n: u64) -> u64 {
    2 * n
}

#[must_use]
#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[dag]
fn process(size: u64, unused: u64) -> u64 {
    let mut doubled = double(size);
    let forgotten = double((doubled));
    double(size);
    for order in list_orders(size) {
        double(doubled);
    }
    twice(doubled)
}

fn main() {
    let _ = process::dag();
}
