//! Fields are used in the arguments, or come through a node.

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
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let halves = split(size);
    add(halves.left, halves.right)
}

#[dag]
fn process_by_name(size: u64) -> u64 {
    let halves = split(size);
    let left = dagger::identity(halves.left);
    add(left, halves.right)
}

pub fn main() {
    assert_eq!(process_by_name(7), 7);
    assert_eq!(process_by_name::call(7).run_blocking().unwrap(), 7);
    assert_eq!(process(7), 7);
    assert_eq!(process::call(7).run_blocking().unwrap(), 7);
}
