//! A mistake in each of two dags, one of which calls the other.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> u64 {
    let doubled = 2 * size;
    measure(doubled)
}

#[dag]
fn weekly(size: u64) -> u64 {
    let processed = process(size);
    processed + 1
}

fn main() {
    let _ = weekly(3);
    let _ = process::call(3).run_blocking();
    let _ = weekly::call(3).run_blocking();
}
