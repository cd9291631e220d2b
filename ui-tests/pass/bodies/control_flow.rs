//! A task decides.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
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
fn choose(measured: u64) -> u64 {
    if measured > 10 { shrink(measured) } else { keep(measured) }
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = measure(size);
    choose(measured)
}

pub fn main() {
    assert_eq!(process(3), 4);
    assert_eq!(process::call(3).run_blocking().unwrap(), 4);
}
