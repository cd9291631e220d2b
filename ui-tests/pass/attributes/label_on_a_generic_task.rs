//! A label for the calls of a generic function, for one type.

use std::fmt::Debug;

use dagger::{dag, task};

fn describe<T: Debug>(name: &str, value: &T) -> String {
    assert!(!name.contains(':'), "a name without a colon");
    format!("{name}: {value:?}")
}

#[task(label = name)]
fn describe_of_one_type(name: &str, value: &u64) -> String {
    describe(name, value)
}

#[dag]
fn process(name: String, size: u64) -> String {
    describe_of_one_type(&name, &size)
}

pub fn main() {
    assert_eq!(process::call("size".to_owned(), 3).run_blocking().unwrap(), "size: 3");
    let error = process::call("a:b".to_owned(), 3).run_blocking().unwrap_err();
    assert_eq!(error.label(), Some("a:b"));
}
