//! A value where the task borrows.

use dagger::{dag, task};

#[task]
fn count_words(text: &str) -> u64 {
    text.split(' ').count() as u64
}

#[dag]
fn process(text: String) -> u64 {
    count_words(text)
}

fn main() {
    let _ = process::dag();
}
