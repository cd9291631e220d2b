//! `?` on a parameter that is an `Option`.

use dagger::{dag, task};

#[task]
fn double(size: u64) -> u64 {
    2 * size
}

#[task]
fn find(size: u64) -> Option<u64> {
    Some(size)
}

#[dag]
fn process(size: Option<u64>) -> Option<u64> {
    let doubled = double(size?);
    find(doubled)
}

fn main() {
    let _ = process(None);
    let _ = process::call(None).run_blocking();
    let _ = process::dag();
}
