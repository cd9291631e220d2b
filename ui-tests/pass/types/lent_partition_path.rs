//! The dag that is mapped takes a clone of the partition by value, in a closure.

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
fn count(text: String) -> usize {
    count_words(&text, 1)
}

#[dag]
fn process(text: String) -> usize {
    sum(split(text).iter().map(|sentence| count(sentence.clone())).collect())
}

pub fn main() {
    let text = || "a b.c".to_owned();
    assert_eq!(process(text()), 3);
    assert_eq!(process::call(text()).run_blocking().unwrap(), 3);
}
