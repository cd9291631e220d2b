//! An `unsafe` block.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = unsafe { measure(size) };
    measured
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
