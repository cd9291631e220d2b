//! A task that is called again, at most so often.

use std::sync::atomic::{AtomicU64, Ordering};

use dagger::{dag, task};

static CALLS: AtomicU64 = AtomicU64::new(0);

#[task(retry(limit = 3))]
fn double(n: u64) -> Result<u64, String> {
    CALLS.fetch_add(1, Ordering::Relaxed);
    Err(format!("{n} is not to be doubled"))
}

#[dag]
fn process(size: u64) -> Result<u64, String> {
    double(size)
}

pub fn main() {
    let error = process::call(3).run_blocking().unwrap_err();
    assert_eq!(error.attempt(), Some(4));
    assert_eq!(CALLS.load(Ordering::Relaxed), 4);
}
