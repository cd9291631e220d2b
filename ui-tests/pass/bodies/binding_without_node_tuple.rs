//! Each node has a `let`.

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
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    let a = measure(size);
    let b = shrink(size);
    add(a, b)
}

pub fn main() {
    assert_eq!(process(4), 7);
    assert_eq!(process::call(4).run_blocking().unwrap(), 7);
}
