//! The `Result` of a node, with another error than the dag's.

use dagger::{dag, task};

#[task]
fn parse(text: String) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[dag]
fn process(text: String) -> Result<u64, std::io::Error> {
    parse(text)
}

fn main() {
    let _ = process::dag();
}
