//! `#[dag]` on a constant.

use dagger::dag;

#[dag]
const WEIGHT: u64 = 3;

fn main() {
    let _ = WEIGHT;
}
