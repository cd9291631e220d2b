//! An output that borrows from a parameter.

use dagger::{dag, task};

#[task]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

#[task]
fn read(path: String) -> String {
    path
}

#[dag]
fn process(path: String) -> String {
    read(path)
}

fn main() {
    let _ = first_word(&process("a b".to_owned()));
    let _ = process::call("a b".to_owned()).run_blocking();
}
