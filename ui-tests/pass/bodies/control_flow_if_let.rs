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
fn keep(size: u64) -> u64 {
    size
}

#[task]
fn choose(size: u64) -> u64 {
    if let Some(found) = find(size) { shrink(found) } else { keep(size) }
}

#[dag]
fn process(size: u64) -> u64 {
    let found = choose(size);
    keep(found)
}

pub fn main() {
    assert_eq!(process(4), process::call(4).run_blocking().unwrap());
}
