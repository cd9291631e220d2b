//! A parameter by reference that owns its parts.

use dagger::{dag, task};

#[task]
fn join(words: &[String]) -> String {
    words.join(" ")
}

#[dag]
fn process(words: &[String]) -> String {
    join(words)
}

#[dag]
fn weekly(words: Vec<String>) -> String {
    process(&words)
}

pub fn main() {
    assert_eq!(process(&["a".to_owned(), "b".to_owned()]), "a b");
    assert_eq!(weekly::call(vec!["a".to_owned()]).run_blocking().unwrap(), "a");
}
