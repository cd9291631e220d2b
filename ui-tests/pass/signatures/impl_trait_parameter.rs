//! A type parameter with a name.

use dagger::{dag, task};

#[task]
fn describe<T: std::fmt::Display>(value: T) -> String {
    value.to_string()
}

#[dag]
fn report(value: u64) -> String {
    describe(value)
}

pub fn main() {
    assert_eq!(describe(3), "3");
    assert_eq!(report::call(3).run_blocking().unwrap(), "3");
}
