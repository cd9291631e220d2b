//! A name bound again shadows the one before.

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
    let current = measure(size);
    let current = shrink(current);
    current
}

pub fn main() {
    assert_eq!(process(3), 2);
    assert_eq!(process::call(3).run_blocking().unwrap(), 2);
}
