//! A time with its unit.

use std::time::Duration;

use dagger::{dag, task};

#[task(timeout = "20s")]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

pub fn main() {
    assert_eq!(process::call(3).run_blocking().unwrap(), 6);
    assert_eq!(process::dag().nodes()[0].options.timeout, Some(Duration::from_secs(20)));
}
