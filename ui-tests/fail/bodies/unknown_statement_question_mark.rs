//! `?` on a name.

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
    let parsed = parse(text);
    let size = parsed?;
    Ok(measure(size))
}

#[dag]
fn weekly(text: String) -> Result<u64, std::num::ParseIntError> {
    process(text)
}

fn main() {
    let _ = process(String::new());
    let _ = process::call(String::new()).run_blocking();
    let _ = process::builder().text(String::new()).call();
    let _ = process::dag();
    let _ = weekly::call(String::new());
}
