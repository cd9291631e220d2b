//! A boxed error that cannot be sent to other threads.
//!
//! Poor: said of the attribute and of the return type, in the words of dagger and in those of rustc.

use dagger::{dag, task};

#[task]
fn check(n: u64) -> Result<u64, String> {
    if n > 1 { Ok(n) } else { Err("too few".to_owned()) }
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> Result<u64, Box<dyn std::error::Error>> {
    let checked = check(size)?;
    Ok(double(checked))
}

fn main() {
    let _ = process::dag();
}
