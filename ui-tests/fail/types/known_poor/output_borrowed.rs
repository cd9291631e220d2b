//! `identity` of a borrow: its output does not own its value.
//!
//! Poor: said of the borrow twice, once as a move out of what is borrowed.

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
    let same = identity(&name);
    measure(same)
}

fn main() {
    let _ = process(3);
    let _ = process::dag();
}
