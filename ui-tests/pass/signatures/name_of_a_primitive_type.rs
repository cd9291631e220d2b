//! The task has another name.

use dagger::{dag, task};

#[task]
fn make_char(code: u8) -> char {
    char::from(code)
}

#[dag]
fn process(code: u8) -> char {
    make_char(code)
}

pub fn main() {
    assert_eq!(process(b'a'), 'a');
    assert_eq!(process::call(b'a').run_blocking().unwrap(), 'a');
}
