//! A label that leaves the parameters to the task.

use dagger::{dag, task};

#[task(label = name.clone().into_boxed_str())]
fn greet(name: String) -> String {
    assert!(name.len() < 9, "too long");
    format!("hello {name}")
}

#[dag]
fn process(name: String) -> String {
    greet(name)
}

pub fn main() {
    assert_eq!(process::call("you".to_owned()).run_blocking().unwrap(), "hello you");
    let error = process::call("everybody".to_owned()).run_blocking().unwrap_err();
    assert_eq!(error.label(), Some("everybody"));
}
