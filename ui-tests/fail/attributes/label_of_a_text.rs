//! A label that looks like a format string, and is a text.

use dagger::{dag, task};

#[task(label = "{name}")]
fn greet(name: String) -> String {
    format!("hello {name}")
}

#[dag]
fn process(name: String) -> String {
    greet(name)
}

fn main() {
    let _ = greet("you".to_owned());
    let _ = process("you".to_owned());
    let _ = process::call("you".to_owned()).run_blocking();
}
