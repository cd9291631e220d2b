//! `#[task]` on an import.

use dagger::task;

#[task]
use std::cmp::max;

fn main() {
    let _ = max(1, 2);
}
