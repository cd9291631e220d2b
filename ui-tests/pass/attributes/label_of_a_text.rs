//! A label that is made of an argument.

use dagger::{dag, task};

#[task(label = format!("{name}"))]
fn greet(name: String) -> String {
    assert!(!name.is_empty(), "nobody to greet");
    format!("hello {name}")
}

#[dag]
fn process(name: String) -> String {
    greet(name)
}

pub fn main() {
    assert_eq!(process::call("you".to_owned()).run_blocking().unwrap(), "hello you");
    let error = process::call(String::new()).run_blocking().unwrap_err();
    assert_eq!(error.label(), Some(""));
}
