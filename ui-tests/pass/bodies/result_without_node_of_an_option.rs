//! A task returns the `Option`.

use dagger::{dag, task};

#[task]
fn double(size: u64) -> u64 {
    2 * size
}

#[task]
fn compute(size: Option<u64>) -> Option<u64> {
    Some(double(size?))
}

#[dag]
fn process(size: Option<u64>) -> Option<u64> {
    compute(size)
}

pub fn main() {
    assert_eq!(process(Some(3)), Some(6));
    assert_eq!(process::call(Some(3)).run_blocking().unwrap(), Some(6));
}
