//! What a method returns, as the parameter by reference of a nested dag.

use dagger::{dag, task};

#[task]
fn count_words(text: &str, at_least: usize) -> usize {
    text.split(' ').filter(|word| word.len() >= at_least).count()
}

#[dag]
fn count(text: &str) -> usize {
    count_words(text, 1)
}

#[dag]
fn process(text: String) -> usize {
    count(text.trim())
}

fn main() {
    let _ = process(String::new());
    let _ = process::dag();
}
