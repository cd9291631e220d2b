//! A variable that gets its value later.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> u64 {
    let current;
    current = measure(size);
    current
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
