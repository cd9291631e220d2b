//! A task makes a `Result` of the parameter, and the dag returns one.

use dagger::{dag, task};

#[task]
fn double(size: u64) -> u64 {
    2 * size
}

#[task]
fn find(size: u64) -> Option<u64> {
    Some(size)
}

#[task]
fn required<T>(value: Option<T>) -> Result<T, std::io::Error> {
    value.ok_or(std::io::Error::other("why there is none"))
}

#[dag]
fn process(size: Option<u64>) -> Result<u64, std::io::Error> {
    let doubled = double(required(size)?);
    Ok(required(find(doubled))?)
}

pub fn main() {
    assert_eq!(process(Some(3)).unwrap(), 6);
    assert_eq!(process::call(Some(3)).run_blocking().unwrap(), 6);
}
