//! An output taken apart by a tuple of names.

use dagger::{dag, task};

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[task]
fn split_in_two(size: u64) -> (u64, u64) {
    (size / 2, size - size / 2)
}

#[dag]
fn process(size: u64) -> u64 {
    let (left, right) = split_in_two(size);
    add(left, right)
}

pub fn main() {
    assert_eq!(process(7), 7);
    assert_eq!(process::call(7).run_blocking().unwrap(), 7);
}
