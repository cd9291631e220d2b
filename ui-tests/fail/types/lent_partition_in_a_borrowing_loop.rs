//! A partition that the map borrows, as the parameter by reference of the dag that is mapped.

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
fn count(text: &str) -> usize {
    count_words(text, 1)
}

#[dag]
fn process(text: String) -> usize {
    let sentences = split(text);
    let mut counts = Vec::new();
    for sentence in &sentences {
        counts.push(count(sentence));
    }
    sum(counts)
}

fn main() {
    let _ = process(String::new());
    let _ = process::dag();
}
