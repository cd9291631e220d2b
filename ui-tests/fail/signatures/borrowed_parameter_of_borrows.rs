//! A parameter by reference with borrows inside of it.

use dagger::{dag, task};

#[task]
fn join(words: &[&str]) -> String {
    words.join(" ")
}

#[dag]
fn process(words: &[&str]) -> String {
    join(words)
}

fn main() {
    let _ = process(&["a", "b"]);
    let _ = process::call(&["a", "b"]).run_blocking();
    let _ = process::builder().words(&["a", "b"]).call();
    let _ = process::dag();
}
