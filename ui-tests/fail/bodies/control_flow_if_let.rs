//! `if let` on the output of a node.

use dagger::{dag, task};

#[task]
fn find(size: u64) -> Option<u64> {
    Some(size)
}

#[task]
fn shrink(size: u64) -> u64 {
    size / 2
}

#[task]
fn keep(size: u64) -> u64 {
    size
}

#[dag]
fn process(size: u64) -> u64 {
    let found = if let Some(found) = find(size) { shrink(found) } else { keep(size) };
    keep(found)
}

#[dag]
fn weekly(size: u64) -> u64 {
    process(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
    let _ = process::builder().size(3).call();
    let _ = process::dag();
    let _ = weekly::call(3);
}
