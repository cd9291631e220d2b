//! `#[task = 4]`.
//!
//! Poor: rustc rejects the form, and the macro does not see that it has.

use dagger::{dag, task};

#[task = 4]
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
