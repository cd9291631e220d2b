//! A task that may be called again, whose `Err` is an error: here a `String`, which becomes one.

use dagger::{dag, task};

#[task(retry(limit = 3))]
fn halve(n: u64) -> Result<u64, String> {
    if n % 2 == 0 { Ok(n / 2) } else { Err(format!("{n} is odd")) }
}

#[task]
fn describe(half: Result<u64, String>) -> String {
    format!("{half:?}")
}

#[dag]
fn process(size: u64) -> String {
    let half = halve(size);
    describe(half)
}

pub fn main() {
    assert_eq!(process::call(4).run_blocking().unwrap(), process(4));
    assert_eq!(process::call(3).run_blocking().unwrap(), "Err(\"3 is odd\")");
}
