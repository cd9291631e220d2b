//! A task whose name has no letter in it.

use dagger::task;

#[task]
fn __(n: u64) -> u64 {
    2 * n
}

fn main() {
    let _ = __(3);
}
