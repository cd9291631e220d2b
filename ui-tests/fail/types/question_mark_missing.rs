//! No `?` behind a task that may fail.

use dagger::{dag, task};

#[task]
fn parse(text: String) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(text: String) -> Result<u64, std::num::ParseIntError> {
    let size = parse(text);
    Ok(double(size))
}

fn main() {
    let _ = process::dag();
}
