//! `#[task]` on a block of foreign functions.

use dagger::task;

#[task]
unsafe extern "C" {
    safe fn abs(n: i32) -> i32;
}

fn main() {
    let _ = abs(3);
}
