//! The dag that is mapped takes its partition by value, and borrows it in its calls.

use dagger::{dag, task};

#[task]
fn split(text: String) -> Vec<String> {
    text.split('.').map(str::to_owned).collect()
}

#[task]
fn count_words(text: &str) {
    println!("{}", text.split(' ').count());
}

#[dag]
fn count(text: String) {
    count_words(&text);
}

#[dag]
fn process(text: String) {
    for sentence in split(text) {
        count(sentence);
    }
}

pub fn main() {
    process("a b.c".to_owned());
    process::call("a b.c".to_owned()).run_blocking().unwrap();
}
