//! A parameter without a name.

use dagger::{dag, task};

#[task]
fn double(n: u64, _: bool) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size, true)
}

fn main() {
    let _ = double(3, true);
    let _ = process::call(3).run_blocking();
}
