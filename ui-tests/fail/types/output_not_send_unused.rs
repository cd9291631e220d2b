//! An output that cannot go to another thread, and that nobody uses.

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
fn process(size: u64) {
    count(size);
}

fn main() {
    let _ = process::dag();
}
