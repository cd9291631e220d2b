//! `Some(…)` around a node whose argument ends the function, as the output.

use dagger::{dag, task};

#[task]
fn double(size: u64) -> u64 {
    2 * size
}

#[dag]
fn process(size: Option<u64>) -> Option<u64> {
    Some(double(size?))
}

fn main() {
    let _ = process(None);
    let _ = process::call(None).run_blocking();
    let _ = process::dag();
}
