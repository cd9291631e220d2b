//! The dag that is mapped takes a clone of the partition by value, and a further argument.

use dagger::{dag, task};

#[task]
fn split(text: String) -> Vec<String> {
    text.split('.').map(str::to_owned).collect()
}

#[task]
fn count_words(text: &str, at_least: usize) -> usize {
    text.split(' ').filter(|word| word.len() >= at_least).count()
}

#[task]
fn sum(counts: Vec<usize>) -> usize {
    counts.into_iter().sum()
}

#[dag]
fn count(text: String, at_least: usize) -> usize {
    count_words(&text, at_least)
}

#[dag]
fn process(text: String, at_least: usize) -> usize {
    let sentences = split(text);
    sum(sentences.iter().map(|sentence| count(sentence.clone(), at_least)).collect())
}

pub fn main() {
    let text = || "a b.c".to_owned();
    assert_eq!(process(text(), 1), 3);
    assert_eq!(process::call(text(), 1).run_blocking().unwrap(), 3);
}
