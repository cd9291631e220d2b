//! The steps for each partition in a dag of their own.

use dagger::{dag, task};

#[task]
fn read_texts(folder: String) -> Vec<String> {
    vec![folder]
}

#[task]
fn clean(text: String) -> String {
    text.to_lowercase()
}

#[task]
fn count_words(text: String) -> usize {
    text.split_whitespace().count()
}

#[task]
fn maximum(counts: Vec<usize>) -> usize {
    counts.into_iter().max().unwrap_or_default()
}

#[dag]
fn clean_and_count_words(text: String) -> usize {
    count_words(clean(text))
}

#[dag]
fn longest(folder: String) -> usize {
    let mut counts = Vec::new();
    for text in read_texts(folder) {
        counts.push(clean_and_count_words(text));
    }
    maximum(counts)
}

pub fn main() {
    let folder = || "A b c".to_owned();
    assert_eq!(longest::call(folder()).run_blocking().unwrap(), longest(folder()));
}
