//! `?` of an error that does not convert into the dag's.

use dagger::{dag, task};

#[task]
fn load(number: u64) -> Result<u64, std::io::Error> {
    Ok(number)
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(number: u64) -> Result<u64, std::num::ParseIntError> {
    let size = load(number)?;
    Ok(double(size))
}

fn main() {
    let _ = process::dag();
}
