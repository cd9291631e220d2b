//! A node makes the value that a nested dag borrows.

use dagger::{dag, task};

#[task]
fn count_words(text: &str) -> usize {
    text.split(' ').count()
}

#[task]
fn shout(text: &str) -> String {
    text.to_uppercase()
}

#[dag]
fn count(text: &str) -> usize {
    count_words(text)
}

#[dag]
fn process(text: String) -> usize {
    count(&shout(&text))
}

pub fn main() {
    assert_eq!(process("a b".to_owned()), 2);
    assert_eq!(process::call("a b".to_owned()).run_blocking().unwrap(), 2);
}
