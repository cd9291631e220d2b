//! `?` behind a task that cannot fail, and is bound.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> Result<u64, std::io::Error> {
    let doubled = double(size)?;
    Ok(double(doubled))
}

fn main() {
    let _ = process::dag();
}
