//! A parameter that the dag does not have.

use dagger::{dag, task};

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(from: u64, to: u64) -> u64 {
    add(from, to)
}

fn main() {
    let _ = process::builder().from(1).until(2).call();
}
