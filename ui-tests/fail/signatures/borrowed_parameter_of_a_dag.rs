//! A parameter of a dag that is borrowed.

use dagger::{dag, task};

#[task]
fn count_words(text: &str) -> usize {
    text.split(' ').count()
}

#[dag]
fn process(text: &str) -> usize {
    count_words(text)
}

#[dag]
fn weekly(text: String) -> usize {
    process(&text)
}

fn main() {
    let _ = process("a b");
    let _ = process::call("a b").run_blocking();
    let _ = process::builder().text("a b").call();
    let _ = process::dag();
    let _ = weekly::call("a b".to_owned());
}
