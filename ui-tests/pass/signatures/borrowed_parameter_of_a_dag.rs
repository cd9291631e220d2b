//! The dag owns its parameter, and borrows it in the calls.

use dagger::{dag, task};

#[task]
fn count_words(text: &str) -> usize {
    text.split(' ').count()
}

#[dag]
fn process(text: String) -> usize {
    count_words(&text)
}

pub fn main() {
    assert_eq!(process("a b".to_owned()), 2);
    assert_eq!(process::call("a b".to_owned()).run_blocking().unwrap(), 2);
}
