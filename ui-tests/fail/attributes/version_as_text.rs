//! A version that is text.

use dagger::{dag, task};

#[task(version = "1.2")]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

fn main() {
    let _ = double(3);
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
