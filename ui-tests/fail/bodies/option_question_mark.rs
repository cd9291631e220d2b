//! `?` on an `Option`, in a dag that returns an `Option`.

use dagger::{dag, task};

#[task]
fn find(size: u64) -> Option<u64> {
    Some(size)
}

#[dag]
fn process(size: u64) -> Option<u64> {
    let found = find(size)?;
    find(found)
}

#[dag]
fn weekly(size: u64) -> Option<u64> {
    process(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
    let _ = process::builder().size(3).call();
    let _ = process::dag();
    let _ = weekly::call(3);
}
