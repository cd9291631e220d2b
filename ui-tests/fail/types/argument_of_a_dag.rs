//! A parameter of another type than the nested dag takes.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn double_twice(n: u64) -> u64 {
    double(double(n))
}

#[dag]
fn process(text: String) -> u64 {
    double_twice(text)
}

fn main() {
    let _ = process::dag();
}
