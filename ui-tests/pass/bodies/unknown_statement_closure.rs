//! A task in place of the closure.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn twice(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    measure(twice(size))
}

pub fn main() {
    assert_eq!(process(4), process::call(4).run_blocking().unwrap());
}
