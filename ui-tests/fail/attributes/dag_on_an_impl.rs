//! `#[dag]` on an `impl` block.

use dagger::dag;

struct Model;

#[dag]
impl Model {
    fn predict() -> u64 {
        3
    }
}

fn main() {
    let _ = Model::predict();
}
