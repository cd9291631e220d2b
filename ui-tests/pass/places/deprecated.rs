//! Deprecated tasks and dags warn where they are used, and nowhere else.
#![deny(warnings)]

use dagger::{dag, task};

/// A task that goes away.
#[deprecated = "use `triple`"]
#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
#[deprecated(since = "0.1.0", note = "use `triple`")]
fn double_too(n: u64) -> u64 {
    2 * n
}

#[dag]
#[deprecated]
fn process(size: u64) -> u64 {
    triple(size)
}

#[task]
fn triple(n: u64) -> u64 {
    3 * n
}

#[dag]
#[allow(deprecated)]
fn user(size: u64) -> u64 {
    let doubled = double(size);
    let doubled = double_too(doubled);
    process(doubled)
}

pub fn main() {
    assert_eq!(user::call(1).run_blocking().unwrap(), 12);
}
