//! The expression is the argument of a node.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = measure(size);
    dagger::identity(measured + 1)
}

pub fn main() {
    assert_eq!(process(3), 5);
    assert_eq!(process::call(3).run_blocking().unwrap(), 5);
}
