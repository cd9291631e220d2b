//! What a method returns is the output of a node, which is lent.

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
    count(&dagger::identity(text.trim().to_owned()))
}

pub fn main() {
    let text = || " a b c ".to_owned();
    assert_eq!(process(text()), 3);
    assert_eq!(process::call(text()).run_blocking().unwrap(), 3);
}
