//! A task that is called again after a pause.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dagger::{dag, task};

static CALLS: AtomicU64 = AtomicU64::new(0);

#[task(retry(limit = 3, backoff = "100ms..10s"))]
fn double(n: u64) -> u64 {
    assert!(CALLS.fetch_add(1, Ordering::Relaxed) > 0, "the first call panics");
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

pub fn main() {
    let begin = Instant::now();
    assert_eq!(process::call(3).run_blocking().unwrap(), 6);
    assert!(begin.elapsed() >= Duration::from_millis(50));
}
