//! An output of its own, and one that borrows for `'static`.

use dagger::{dag, task};

#[task]
fn first_word(text: &str) -> String {
    text.split(' ').next().unwrap_or_default().to_owned()
}

#[task]
fn kind(text: &str) -> &'static str {
    if text.is_empty() { "empty" } else { "text" }
}

#[dag]
fn process(text: String) -> (String, &'static str) {
    let word = first_word(&text);
    let kind = kind(&text);
    (word, kind)
}

pub fn main() {
    assert_eq!(process("a b".to_owned()), ("a".to_owned(), "text"));
    assert_eq!(process::call("a b".to_owned()).run_blocking().unwrap().1, "text");
}
