//! A parameter of a dag with the name of the builder's last method.

use dagger::{dag, task};

#[task]
fn record(call: String) -> usize {
    call.len()
}

#[dag]
fn process(call: String) -> usize {
    record(call)
}

#[dag]
fn weekly(text: String) -> usize {
    process(text)
}

fn main() {
    let _ = process(String::new());
    let _ = process::call(String::new()).run_blocking();
    let _ = process::dag();
    let _ = weekly::call(String::new());
}
