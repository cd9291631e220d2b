//! A label is a parameter, or any expression over the parameters.

use dagger::{dag, task};

#[task(label = name)]
fn greet(name: String) -> String {
    assert!(!name.is_empty(), "nobody to greet");
    format!("hello {name}")
}

#[task(label = format!("{} bytes", greeting.len()))]
fn shout(greeting: &str) -> String {
    assert!(greeting.len() < 10, "too long");
    greeting.to_uppercase()
}

#[dag]
fn process(name: String) -> String {
    let greeting = greet(name);
    shout(&greeting)
}

pub fn main() {
    assert_eq!(process::call("you".to_owned()).run_blocking().unwrap(), "HELLO YOU");
    let error = process::call("somebody".to_owned()).run_blocking().unwrap_err();
    assert_eq!(error.label(), Some("14 bytes"));
    let error = process::call(String::new()).run_blocking().unwrap_err();
    assert_eq!((error.node(), error.label()), (Some("greet"), Some("")));
}
