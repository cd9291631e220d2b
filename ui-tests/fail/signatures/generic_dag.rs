//! A dag with a type parameter.

use dagger::{dag, task};

#[task]
fn repeat<T: Clone>(value: T) -> Vec<T> {
    vec![value; 3]
}

#[dag]
fn process<T: Clone + Send + Sync + 'static>(value: T) -> Vec<T> {
    repeat(value)
}

fn main() {
    let _ = process(3);
}
