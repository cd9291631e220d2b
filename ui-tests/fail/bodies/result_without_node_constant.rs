//! A literal as the output.

use dagger::{dag, task};

#[task]
fn archive(size: u64) {
    let _ = size;
}

#[dag]
fn process(size: u64) -> u64 {
    archive(size);
    0
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
