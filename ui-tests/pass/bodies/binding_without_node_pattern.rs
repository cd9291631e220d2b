//! An output bound to a name, and its fields; or taken apart by a tuple of names.

use dagger::{dag, task};

struct Halves {
    left: u64,
    right: u64,
}

#[task]
fn split(size: u64) -> Halves {
    Halves { left: size / 2, right: size - size / 2 }
}

#[task]
fn split_in_two(size: u64) -> (u64, u64) {
    (size / 2, size - size / 2)
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let halves = split(size);
    add(halves.left, halves.right)
}

#[dag]
fn process_in_two(size: u64) -> u64 {
    let (left, right) = split_in_two(size);
    add(left, right)
}

pub fn main() {
    assert_eq!(process(7), 7);
    assert_eq!(process::call(7).run_blocking().unwrap(), 7);
    assert_eq!(process_in_two(7), 7);
    assert_eq!(process_in_two::call(7).run_blocking().unwrap(), 7);
}
