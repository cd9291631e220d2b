//! `impl Trait` as the parameter of a task.

use dagger::{dag, task};

#[task]
fn describe(value: impl std::fmt::Display) -> String {
    value.to_string()
}

#[dag]
fn report(value: u64) -> String {
    describe(value)
}

fn main() {
    let _ = describe(3);
    let _ = report::call(3).run_blocking();
}
