//! An error that is none: it does not convert into a boxed error.
//!
//! Poor: said of the attribute and of the return type, and not in the words of the rule.

use dagger::{dag, task};

struct Broken;

#[task]
fn check(n: u64) -> Result<u64, Broken> {
    if n > 1 { Ok(n) } else { Err(Broken) }
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(size: u64) -> Result<u64, Broken> {
    let checked = check(size)?;
    Ok(double(checked))
}

fn main() {
    let _ = process::dag();
}
