//! A default on the parameter of a task.

use dagger::{dag, task};

#[task]
fn multiply(n: u64, #[default(2)] by: u64) -> u64 {
    n * by
}

#[dag]
fn process(size: u64) -> u64 {
    multiply(size, 2)
}

fn main() {
    let _ = multiply(3, 2);
    let _ = process::call(3).run_blocking();
}
