//! A parameter that cannot go to another thread.

use dagger::{dag, task};

#[task]
fn count(n: u64) -> std::rc::Rc<u64> {
    n.into()
}

#[task]
fn read(n: std::rc::Rc<u64>) -> u64 {
    *n
}

#[dag]
fn process(size: std::rc::Rc<u64>) -> u64 {
    read(size)
}

fn main() {
    let _ = process::dag();
}
