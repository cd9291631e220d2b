//! A dag by its path, which would take the partition by reference.

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
fn count(text: &String) -> usize {
    count_words(text, 1)
}

#[dag]
fn process(text: String) -> usize {
    sum(split(text).iter().map(count).collect())
}

fn main() {
    let _ = process(String::new());
    let _ = process::dag();
}
