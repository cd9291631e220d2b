//! The `Result` of a node where the dag returns the value.

use dagger::{dag, task};

#[task]
fn parse(text: String) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[dag]
fn process(text: String) -> u64 {
    parse(text)
}

fn main() {
    let _ = process::dag();
}
