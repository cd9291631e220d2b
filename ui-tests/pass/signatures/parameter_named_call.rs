//! A parameter of a task may have that name: a task has no builder.

use dagger::{dag, task};

#[task]
fn record(call: String) -> usize {
    call.len()
}

#[dag]
fn process(call_value: String) -> usize {
    record(call_value)
}

pub fn main() {
    assert_eq!(process("hello".to_owned()), 5);
    let call = process::builder().call_value("hello".to_owned()).call();
    assert_eq!(call.run_blocking().unwrap(), 5);
}
