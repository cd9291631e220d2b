//! A value that an argument makes, as the parameter by reference of a nested dag.

use dagger::{dag, task};

#[task]
fn count_words(text: &str) -> usize {
    text.split(' ').count()
}

#[dag]
fn count(text: &str) -> usize {
    count_words(text)
}

#[dag]
fn process(text: String) -> usize {
    count(&text.to_uppercase())
}

fn main() {
    let _ = process(String::new());
    let _ = process::dag();
}
