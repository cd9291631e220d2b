//! `#[task]` on a static.

use dagger::task;

#[task]
static WEIGHT: u64 = 3;

fn main() {
    let _ = WEIGHT;
}
