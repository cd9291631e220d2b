//! A task asserts.

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
fn check(measured: u64) {
    assert!(measured > 1);
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = measure(size);
    check(measured);
    shrink(measured)
}

pub fn main() {
    assert_eq!(process(4), process::call(4).run_blocking().unwrap());
}
