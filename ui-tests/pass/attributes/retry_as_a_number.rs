//! A task that is called again until it succeeds, as often as it says.

use std::sync::atomic::{AtomicU64, Ordering};

use dagger::{dag, task};

static CALLS: AtomicU64 = AtomicU64::new(0);

#[task(retry(limit = 5))]
fn double(n: u64) -> Result<u64, String> {
    match CALLS.fetch_add(1, Ordering::Relaxed) {
        call if call < 5 => Err(format!("call {call} fails")),
        _ => Ok(2 * n),
    }
}

#[dag]
fn process(size: u64) -> Result<u64, String> {
    double(size)
}

pub fn main() {
    // The graph calls it again, the function does not.
    assert_eq!(process::call(3).run_blocking().unwrap(), 6);
    assert_eq!(CALLS.swap(0, Ordering::Relaxed), 6);
    assert_eq!(process(3), Err("call 0 fails".to_owned()));
}
