//! `let mut x: T` of a parameter.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> u64 {
    let mut current: u64 = size;
    measure(current)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
