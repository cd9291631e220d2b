//! The first pause before the longest one.

use std::time::Duration;

use dagger::{dag, task};

#[task(retry(limit = 3, backoff = "1s..10s"))]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

pub fn main() {
    assert_eq!(process::call(3).run_blocking().unwrap(), 6);
    let retry = process::dag().nodes()[0].options.retry.unwrap();
    assert_eq!((retry.backoff, retry.longest), (Duration::from_secs(1), Duration::from_secs(10)));
}
