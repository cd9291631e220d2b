//! `#[dag]` on a struct, which stays usable.

use dagger::dag;

#[dag]
struct Model {
    weight: u64,
}

fn main() {
    let _ = Model { weight: 3 }.weight;
}
