//! A function of which only the graph is used is used.
#![deny(warnings)]

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
fn unit() {}

#[dag]
fn nested(size: u64) -> u64 {
    double(size)
}

#[dag]
fn by_call(size: u64) -> u64 {
    nested(size)
}

#[dag]
fn by_builder(size: u64) -> u64 {
    double(size)
}

#[dag]
fn by_description(size: u64) -> u64 {
    unit();
    double(size)
}

pub fn main() {
    assert_eq!(by_call::call(1).run_blocking().unwrap(), 2);
    assert_eq!(by_builder::builder().size(1).call().run_blocking().unwrap(), 2);
    assert_eq!(by_description::dag().nodes().len(), 2);
}
