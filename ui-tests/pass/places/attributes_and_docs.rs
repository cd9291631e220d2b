//! Other attributes and docs, on functions and on parameters.
#![deny(warnings, missing_docs)]

use dagger::{dag, task};

/// Doubles a number.
///
/// Slowly.
#[must_use]
#[inline(never)]
#[task]
pub fn double(n: u64) -> u64 {
    2 * n
}

/// Counts `n`.
#[task]
#[allow(unused_variables, clippy::needless_pass_by_value)]
pub fn count(n: u64, unused: String) -> u64 {
    n
}

/// Processes a number.
#[dag]
#[allow(clippy::let_and_return)]
pub fn process(
    /// How large it is.
    size: u64,
    /// What it is called.
    #[default("n".to_owned())]
    name: String,
) -> u64 {
    let counted = count(size, name);
    #[allow(unused_variables)]
    let doubled = double(counted);
    doubled
}

/// The entry point.
pub fn main() {
    assert_eq!(process::builder().size(1).call().run_blocking().unwrap(), 2);
}
