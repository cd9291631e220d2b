//! All parts of the tuple are outputs of nodes.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> (u64, u64) {
    let measured = measure(size);
    (measured, dagger::identity(size))
}

pub fn main() {
    assert_eq!(process(3), (4, 3));
    assert_eq!(process::call(3).run_blocking().unwrap(), (4, 3));
}
