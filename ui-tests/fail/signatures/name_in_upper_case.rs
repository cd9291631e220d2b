//! A task whose name reads as a constructor where a dag calls it.

use dagger::{dag, task};

#[task]
#[allow(non_snake_case)]
fn Double(n: u64) -> u64 {
    2 * n
}

#[task]
fn measure(n: u64) -> u64 {
    n + 1
}

#[dag]
fn process(size: u64) -> u64 {
    measure(Double(size))
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
