//! A task repeats.

use dagger::{dag, task};

#[task]
fn shrink(size: u64) -> u64 {
    size / 2
}

#[task]
fn repeat(size: u64) -> u64 {
    loop {
        break shrink(size);
    }
}

#[dag]
fn process(size: u64) -> u64 {
    repeat(size)
}

pub fn main() {
    assert_eq!(process(4), 2);
    assert_eq!(process::call(4).run_blocking().unwrap(), 2);
}
