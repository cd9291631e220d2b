//! A generic output that nothing decides.
//!
//! Poor: rustc asks for the type at the name, and at the call in the graph.

use dagger::{dag, task};

#[task]
fn convert<T: From<u64>>(n: u64) -> T {
    T::from(n)
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    let converted = convert(size);
    double(size)
}

fn main() {
    let _ = process::dag();
}
