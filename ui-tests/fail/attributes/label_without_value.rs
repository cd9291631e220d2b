//! A label that is not said.

use dagger::{dag, task};

#[task(label)]
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
