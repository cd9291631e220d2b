//! A macro that does not exist.
//!
//! Poor: a macro that does not exist is rejected as any other is.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = measure(size);
    mesure!(measured)
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
