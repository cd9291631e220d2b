//! `?` on a method call.

use dagger::{dag, task};

#[task]
fn parse(text: String) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(text: String) -> Result<u64, String> {
    Ok(measure(parse(text).or(Err(String::new()))?))
}

fn main() {
    let _ = process(String::new());
    let _ = process::call(String::new()).run_blocking();
}
