//! A variadic dag, which cannot but break other clauses as well, and a rule of rustc.

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
