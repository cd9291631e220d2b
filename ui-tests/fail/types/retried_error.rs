//! A task that may be called again, whose `Err` is no error.

use dagger::{dag, task};

#[task(retry(limit = 3))]
fn halve(n: u64) -> Result<u64, u64> {
    if n % 2 == 0 { Ok(n / 2) } else { Err(n) }
}

#[task]
fn describe(half: Result<u64, u64>) -> String {
    format!("{half:?}")
}

#[dag]
fn process(size: u64) -> String {
    let half = halve(size);
    describe(half)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
