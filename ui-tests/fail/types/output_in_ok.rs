//! An output of another type in `Ok(…)`.

use dagger::{dag, task};

#[task]
fn parse(text: String) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[task]
fn label(order: u64) -> String {
    order.to_string()
}

#[dag]
fn process(text: String) -> Result<u64, std::num::ParseIntError> {
    let size = parse(text)?;
    Ok(label(size))
}

fn main() {
    let _ = process::dag();
}
