//! A borrowed partition and a further argument, for a dag that takes the partition by reference.

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
fn count(text: &str, at_least: usize) -> usize {
    count_words(text, at_least)
}

#[dag]
fn process(text: String, at_least: usize) -> usize {
    let sentences = split(text);
    sum(sentences.iter().map(|sentence| count(sentence, at_least)).collect())
}

fn main() {
    let _ = process(String::new(), 1);
    let _ = process::dag();
}
