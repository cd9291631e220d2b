//! `?` behind a node that returns the parameter.

use dagger::{dag, task};

#[task]
fn double(size: u64) -> u64 {
    2 * size
}

#[dag]
fn process(size: Result<u64, String>) -> Result<u64, String> {
    Ok(double(dagger::identity(size)?))
}

pub fn main() {
    assert_eq!(process(Ok(3)).unwrap(), 6);
    assert_eq!(process::call(Ok(3)).run_blocking().unwrap(), 6);
}
