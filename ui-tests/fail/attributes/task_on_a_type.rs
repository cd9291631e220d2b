//! `#[task]` on a type alias.

use dagger::task;

#[task]
type Weight = u64;

fn main() {
    let _: Weight = 3;
}
