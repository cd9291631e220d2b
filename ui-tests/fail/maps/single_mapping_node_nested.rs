//! Two nodes for each partition, one in the argument of the other; the README shows the message.

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
fn longest(folder: String) -> usize {
    let mut counts = Vec::new();
    for text in read_texts(folder) {
        counts.push(count_words(clean(text)));
    }
    maximum(counts)
}

fn main() {
    let _ = longest(String::new());
    let _ = longest::call(String::new()).run_blocking();
}
