//! An output that two nodes cannot share.

use dagger::{dag, task};

#[task]
fn open(n: u64) -> std::cell::Cell<u64> {
    n.into()
}

#[task]
fn read(n: &std::cell::Cell<u64>) -> u64 {
    n.get()
}

#[dag]
fn process(size: u64) -> (u64, u64) {
    let cell = open(size);
    let first = read(&cell);
    let second = read(&cell);
    (first, second)
}

fn main() {
    let _ = process::dag();
}
