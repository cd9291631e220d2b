//! A variadic dag. Only foreign functions are variadic in stable Rust, which rustc says too.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
unsafe extern "C" fn process(size: u64, rest: ...) -> u64 {
    double(size)
}

fn main() {}
