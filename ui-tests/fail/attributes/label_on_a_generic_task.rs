//! A label for the calls of a generic task.

use std::fmt::Debug;

use dagger::{dag, task};

#[task(label = name)]
fn describe<T: Debug>(name: &str, value: &T) -> String {
    format!("{name}: {value:?}")
}

#[dag]
fn process(name: String, size: u64) -> String {
    describe(&name, &size)
}

fn main() {
    let _ = describe("size", &3);
    let _ = process("size".to_owned(), 3);
    let _ = process::call("size".to_owned(), 3).run_blocking();
}
