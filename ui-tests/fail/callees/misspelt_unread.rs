//! A misspelt task whose output nobody reads.

use dagger::{dag, task};

#[task]
fn archive(n: u64) {
    println!("{n}");
}

#[task]
fn measure(n: u64) -> u64 {
    n + 1
}

#[dag]
fn process(size: u64) -> u64 {
    archve(size);
    measure(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
