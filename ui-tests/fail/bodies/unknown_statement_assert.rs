//! `assert!` between nodes.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn shrink(size: u64) -> u64 {
    size / 2
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = measure(size);
    assert!(measured > 1);
    shrink(measured)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
