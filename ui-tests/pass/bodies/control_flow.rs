//! A task decides.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn shrink_large(size: u64) -> u64 {
    if size > 10 { size / 2 } else { size }
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = measure(size);
    shrink_large(measured)
}

pub fn main() {
    assert_eq!(process(3), 4);
    assert_eq!(process::call(3).run_blocking().unwrap(), 4);
}
