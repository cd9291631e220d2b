//! `?` on a parameter.

use dagger::{dag, task};

#[task]
fn double(size: u64) -> u64 {
    2 * size
}

#[dag]
fn process(size: Result<u64, String>) -> Result<u64, String> {
    Ok(double(size?))
}

fn main() {
    let _ = process(Ok(3));
    let _ = process::call(Ok(3)).run_blocking();
    let _ = process::dag();
}
