//! `identity` of a value, which is borrowed where it is used.

use dagger::{dag, identity, task};

#[task]
fn name(size: u64) -> String {
    size.to_string()
}

#[task]
fn measure(text: &str) -> usize {
    text.len()
}

#[dag]
fn process(size: u64) -> usize {
    let name = name(size);
    let same = identity(name);
    measure(&same)
}

pub fn main() {
    assert_eq!(process(300), 3);
    assert_eq!(process::call(300).run_blocking().unwrap(), 3);
}
