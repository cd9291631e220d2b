//! `?` of a `Result` in a dag that returns an `Option`.
//!
//! Poor: rustc reports the `?` as well: the type of what it stands behind is not known to us.

use dagger::{dag, task};

#[task]
fn parse(text: String) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[dag]
fn process(text: String) -> Option<u64> {
    let size = parse(text)?;
    dagger::identity(Some(size))
}

fn main() {
    let _ = process::dag();
}
