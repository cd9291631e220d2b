//! `..` in a struct of outputs.

use dagger::{dag, task};

struct Halves {
    left: u64,
    right: u64,
}

#[task]
fn split(size: u64) -> Halves {
    Halves { left: size / 2, right: size - size / 2 }
}

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> Halves {
    let left = measure(size);
    Halves { left, ..Halves { left: 0, right: 0 } }
}

#[dag]
fn weekly(size: u64) -> Halves {
    process(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
    let _ = process::builder().size(3).call();
    let _ = process::dag();
    let _ = weekly::call(3);
}
