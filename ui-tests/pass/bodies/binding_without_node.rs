//! The expression stands in the argument, or comes through a node.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> u64 {
    measure(2 * size)
}

#[dag]
fn process_by_name(size: u64) -> u64 {
    let doubled = dagger::identity(2 * size);
    measure(doubled)
}

pub fn main() {
    assert_eq!(process_by_name(3), 7);
    assert_eq!(process_by_name::call(3).run_blocking().unwrap(), 7);
    assert_eq!(process(3), 7);
    assert_eq!(process::call(3).run_blocking().unwrap(), 7);
}
