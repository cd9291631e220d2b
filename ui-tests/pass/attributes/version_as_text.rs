//! A version, which is a number.

use dagger::{dag, task};

#[task(version = 2)]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

pub fn main() {
    assert_eq!(process::call(3).run_blocking().unwrap(), 6);
    assert_eq!(process::dag().nodes()[0].options.version, Some(2));
}
