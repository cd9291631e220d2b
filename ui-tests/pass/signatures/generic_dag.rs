//! A dag for one type, of generic tasks.

use dagger::{dag, task};

#[task]
fn repeat<T: Clone>(value: T) -> Vec<T> {
    vec![value; 3]
}

#[dag]
fn process(value: u64) -> Vec<u64> {
    repeat(value)
}

pub fn main() {
    assert_eq!(process(3), [3, 3, 3]);
    assert_eq!(process::call(3).run_blocking().unwrap(), [3, 3, 3]);
}
