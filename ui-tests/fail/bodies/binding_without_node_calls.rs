//! A name bound to a tuple of nodes.

use dagger::{dag, task};

#[task]
fn double(size: u64) -> u64 {
    2 * size
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let both = (double(size), double(size));
    add(both.0, both.1)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
    let _ = process::dag();
}
