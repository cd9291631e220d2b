//! A dag with a lifetime.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process<'a>(size: u64) -> u64 {
    double(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
