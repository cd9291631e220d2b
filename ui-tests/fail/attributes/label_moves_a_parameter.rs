//! A label that takes a parameter away from the task.

use dagger::{dag, task};

#[task(label = name.into_boxed_str())]
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
