//! A task calls a function that calls itself.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn shrink_to_one(size: u64) -> u64 {
    if size < 2 { size } else { shrink_to_one(size / 2) }
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = measure(size);
    shrink_to_one(measured)
}

pub fn main() {
    assert_eq!(process(30), 1);
    assert_eq!(process::call(30).run_blocking().unwrap(), 1);
}
