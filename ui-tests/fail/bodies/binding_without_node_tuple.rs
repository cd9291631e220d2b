//! A tuple of names bound to a tuple of nodes.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn shrink(size: u64) -> u64 {
    size / 2
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let (a, b) = (measure(size), shrink(size));
    add(a, b)
}

#[dag]
fn weekly(size: u64) -> u64 {
    process(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
    let _ = process::builder().size(3).call();
    let _ = process::dag();
    let _ = weekly::call(3);
}
