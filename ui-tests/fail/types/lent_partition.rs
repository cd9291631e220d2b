//! A partition of a map, as the parameter by reference of the dag that is mapped.

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
fn count(text: &str) {
    count_words(text);
}

#[dag]
fn process(text: String) {
    for sentence in split(text) {
        count(&sentence);
    }
}

fn main() {
    process(String::new());
    let _ = process::dag();
}
