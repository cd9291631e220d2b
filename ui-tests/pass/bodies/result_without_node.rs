//! The parameter comes through a node.

use dagger::{dag, task};

#[task]
fn archive(size: u64) {
    let _ = size;
}

#[dag]
fn process(size: u64) -> u64 {
    archive(size);
    dagger::identity(size)
}

pub fn main() {
    assert_eq!(process(3), 3);
    assert_eq!(process::call(3).run_blocking().unwrap(), 3);
}
