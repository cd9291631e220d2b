//! A slice as the parameter of a dag.

use dagger::{dag, task};

#[task]
fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

#[dag]
fn process(numbers: &[u64]) -> u64 {
    sum(numbers)
}

fn main() {
    let _ = process(&[1, 2]);
    let _ = process::dag();
}
