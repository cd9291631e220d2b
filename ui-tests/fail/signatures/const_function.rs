//! A `const fn` as a task.

use dagger::{dag, task};

#[task]
const fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

fn main() {
    const SIX: u64 = double(3);
    let _ = process::call(SIX).run_blocking();
}
