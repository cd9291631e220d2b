//! The expression stands in the argument.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> u64 {
    measure(2 * size)
}

pub fn main() {
    assert_eq!(process(3), 7);
    assert_eq!(process::call(3).run_blocking().unwrap(), 7);
}
