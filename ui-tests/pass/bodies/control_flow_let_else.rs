//! A task decides.

use dagger::{dag, task};

#[task]
fn find(size: u64) -> Option<u64> {
    Some(size)
}

#[task]
fn shrink(size: u64) -> u64 {
    size / 2
}

#[task]
fn choose(size: u64) -> u64 {
    let Some(found) = find(size) else { panic!() };
    found
}

#[dag]
fn process(size: u64) -> u64 {
    let found = choose(size);
    shrink(found)
}

pub fn main() {
    assert_eq!(process(4), process::call(4).run_blocking().unwrap());
}
