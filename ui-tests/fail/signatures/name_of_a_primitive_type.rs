//! A task with the name of a type that is always in scope.

use dagger::{dag, task};

#[task]
fn char(code: u8) -> String {
    code.to_string()
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

fn main() {
    let _ = char(3);
    let _ = process::call(3).run_blocking();
}
