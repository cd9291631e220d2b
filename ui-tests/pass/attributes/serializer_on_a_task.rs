//! A serializer of a task, and one on the parameter of a dag.

use dagger::{dag, task};

#[task(serializer = dagger::Json)]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(#[serializer(dagger::Json)] size: u64) -> u64 {
    double(size)
}

pub fn main() {
    let _ = double(3);
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
