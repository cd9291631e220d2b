//! A tuple pattern as the parameter of a dag.

use dagger::{dag, task};

#[task]
fn distance(from: u64, to: u64) -> u64 {
    from.abs_diff(to)
}

#[dag]
fn process(name: String, (from, to): (u64, u64)) -> (u64, String) {
    let distance = distance(from, to);
    (distance, dagger::identity(name))
}

fn main() {
    let _ = process("a".to_owned(), (1, 2));
    let _ = process::dag();
}
