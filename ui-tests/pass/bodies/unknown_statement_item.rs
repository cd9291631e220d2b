//! The item stands beside the dag.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

const STEP: u64 = 2;

#[dag]
fn process(size: u64) -> u64 {
    measure(2 * STEP * size)
}

pub fn main() {
    assert_eq!(process(3), 13);
    assert_eq!(process::call(3).run_blocking().unwrap(), 13);
}
