//! A tuple pattern as the parameter of a task.

use dagger::{dag, task};

#[task]
fn distance((x, y): (u64, u64)) -> u64 {
    x.abs_diff(y)
}

#[dag]
fn process(from: u64, to: u64) -> u64 {
    distance((from, to))
}

fn main() {
    let _ = distance((1, 2));
    let _ = process::call(1, 2).run_blocking();
}
