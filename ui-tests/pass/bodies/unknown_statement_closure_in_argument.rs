//! The closure is in a task.

use dagger::{dag, task};

#[task]
fn find(size: u64) -> Option<u64> {
    Some(size)
}

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn compute(size: u64) -> u64 {
    find(size).map_or(0, |found| found + 1)
}

#[dag]
fn process(size: u64) -> u64 {
    measure(compute(size))
}

pub fn main() {
    assert_eq!(process(3), 5);
    assert_eq!(process::call(3).run_blocking().unwrap(), 5);
}
