//! A task repeats.

use dagger::{dag, task};

#[task]
fn archive(size: u64) {
    let _ = size;
}

#[task]
fn repeat(size: u64) {
    while size > 10 {
        archive(size);
    }
}

#[dag]
fn process(size: u64) {
    repeat(size);
}

pub fn main() {
    process(3);
    process::call(3).run_blocking().unwrap();
}
