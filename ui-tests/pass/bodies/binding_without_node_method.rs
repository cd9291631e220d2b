//! What a method makes of the output of a node comes through `identity`: the node is called once.

use dagger::{dag, task};

#[task]
fn find(size: u64) -> Option<u64> {
    Some(size)
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let found = dagger::identity(find(size).unwrap());
    add(found, found)
}

pub fn main() {
    assert_eq!(process(3), 6);
    assert_eq!(process::call(3).run_blocking().unwrap(), 6);
}
