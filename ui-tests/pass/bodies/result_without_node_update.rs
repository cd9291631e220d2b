//! All fields of the struct are outputs of nodes.

use dagger::{dag, task};

#[derive(Debug, PartialEq)]
struct Halves {
    left: u64,
    right: u64,
}

#[task]
fn split(size: u64) -> Halves {
    Halves { left: size / 2, right: size - size / 2 }
}

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> Halves {
    let left = measure(size);
    let halves = split(size);
    Halves { left, right: halves.right }
}

pub fn main() {
    assert_eq!(process(3), Halves { left: 4, right: 2 });
    assert_eq!(process::call(3).run_blocking().unwrap(), Halves { left: 4, right: 2 });
}
