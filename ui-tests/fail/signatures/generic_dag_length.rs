//! A dag with a const parameter.

use dagger::{dag, task};

#[task]
fn sum<const N: usize>(values: [u64; N]) -> u64 {
    values.into_iter().sum()
}

#[dag]
fn process<const N: usize>(values: [u64; N]) -> u64 {
    sum(values)
}

fn main() {
    let _ = process([1, 2]);
}
