//! `#[cfg(…)]` on a statement, which the graph would not see.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn archive(size: u64) {
    let _ = size;
}

#[dag]
fn process(size: u64) -> u64 {
    #[cfg(any())]
    archive(size);
    measure(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
