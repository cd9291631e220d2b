//! A tuple of nodes comes through `identity`: each is called once.

use dagger::{dag, task};

#[task]
fn double(size: u64) -> u64 {
    2 * size
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let both = dagger::identity((double(size), double(size)));
    add(both.0, both.1)
}

pub fn main() {
    assert_eq!(process(3), 12);
    assert_eq!(process::call(3).run_blocking().unwrap(), 12);
}
