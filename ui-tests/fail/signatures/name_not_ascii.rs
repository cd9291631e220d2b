//! A task whose name no engine takes.

use dagger::{dag, task};

#[task]
fn größe(text: &str) -> usize {
    text.len()
}

#[dag]
fn process(text: String) -> usize {
    größe(&text)
}

fn main() {
    let _ = größe("");
    let _ = process::call(String::new()).run_blocking();
}
