//! Pauses between attempts, and how many of these.

use std::time::Duration;

use dagger::{dag, task};

#[task(retry(limit = 3, backoff = "1s..5s"))]
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
    let pauses = [1, 2, 3, 4].map(|attempt| retry.pause(attempt));
    assert_eq!((retry.limit, pauses), (3, [1, 2, 4, 5].map(Duration::from_secs)));
}
