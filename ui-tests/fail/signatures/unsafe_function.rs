//! An `unsafe` task.

use dagger::task;

#[task]
unsafe fn double(n: u64) -> u64 {
    2 * n
}

fn main() {
    let _ = unsafe { double(3) };
}
