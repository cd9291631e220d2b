//! A local by reference in a call of the graph, whose run may outlive it.

use dagger::{dag, task};

#[task]
fn count_words(text: &str) -> usize {
    text.split(' ').count()
}

#[dag]
fn process(text: &str) -> usize {
    count_words(text)
}

fn main() {
    let text = "a b".to_owned();
    let _ = process(&text);
    let _ = process::call(&text).run_blocking();
}
