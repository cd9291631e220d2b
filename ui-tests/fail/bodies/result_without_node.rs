//! A parameter as the output.

use dagger::{dag, task};

#[task]
fn archive(size: u64) {
    let _ = size;
}

#[dag]
fn process(size: u64) -> u64 {
    archive(size);
    size
}

#[dag]
fn weekly(size: u64) -> u64 {
    process(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
    let _ = process::builder().size(3).call();
    let _ = process::dag();
    let _ = weekly::call(3);
}
