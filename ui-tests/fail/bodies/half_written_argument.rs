//! A call with a comma where an argument is missing.

use dagger::{dag, task};

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(size: u64) -> u64 {
    add(size, , )
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
