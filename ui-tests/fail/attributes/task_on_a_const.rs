//! `#[task]` on a constant.

use dagger::task;

#[task]
const WEIGHT: u64 = 3;

fn main() {
    let _ = WEIGHT;
}
