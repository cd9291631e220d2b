//! A parameter of a task may have that name: a task has no builder.

use dagger::{dag, task};

#[task]
fn record(call: String) -> usize {
    call.len()
}

#[dag]
fn process(phone_call: String) -> usize {
    record(phone_call)
}

pub fn main() {
    assert_eq!(process("hello".to_owned()), 5);
    let call = process::builder().phone_call("hello".to_owned()).call();
    assert_eq!(call.run_blocking().unwrap(), 5);
}
