//! An output of the dag that cannot go to another thread.
//!
//! Poor: said of the return type twice, of the node and of the attribute.

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
fn process(size: u64) -> std::rc::Rc<u64> {
    count(size)
}

fn main() {
    let _ = process::dag();
}
