//! `?` on the call.

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
fn process(text: String) -> Result<u64, std::num::ParseIntError> {
    let size = parse(text)?;
    Ok(measure(size))
}

pub fn main() {
    assert_eq!(process("3".to_owned()).unwrap(), 4);
    assert_eq!(process::call("3".to_owned()).run_blocking().unwrap(), 4);
}
