//! A task that is being written: it stays known in the dags that call it.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size +
}

#[dag]
fn process(size: u64) -> u64 {
    measure(size)
}

fn main() {
    let _ = measure(3);
    let _ = process::call(3).run_blocking();
}
