//! A task decides.

use dagger::{dag, task};

#[task]
fn shrink(size: u64) -> u64 {
    size / 2
}

#[task]
fn choose(size: u64) -> u64 {
    match size {
        0 => 1,
        size => size,
    }
}

#[dag]
fn process(size: u64) -> u64 {
    shrink(choose(size))
}

pub fn main() {
    assert_eq!(process(4), 2);
    assert_eq!(process::call(4).run_blocking().unwrap(), 2);
}
