//! The task has another name.

use dagger::{dag, task};

#[task]
fn make_char(code: u8) -> String {
    code.to_string()
}

#[dag]
fn process(code: u8) -> String {
    make_char(code)
}

pub fn main() {
    assert_eq!(process(3), "3");
    assert_eq!(process::call(3).run_blocking().unwrap(), "3");
}
