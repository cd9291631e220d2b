//! A task in which the method is called, and `?`.

use dagger::{dag, task};

#[task]
fn parse(text: String) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn compute(text: String) -> Result<u64, String> {
    Ok(parse(text).or(Err(String::new()))?)
}

#[dag]
fn process(text: String) -> Result<u64, String> {
    Ok(measure(compute(text)?))
}

pub fn main() {
    assert!(process::call("3".to_owned()).run_blocking().is_ok());
}
