//! `#[task]` on a struct, which stays usable.

use dagger::task;

#[task]
pub(crate) struct Model {
    weight: u64,
}

fn main() {
    let _ = Model { weight: 3 }.weight;
}
