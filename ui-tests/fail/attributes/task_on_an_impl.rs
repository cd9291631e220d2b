//! `#[task]` on an `impl` block.

use dagger::task;

struct Model;

#[task]
impl Model {
    fn predict() -> u64 {
        3
    }
}

fn main() {
    let _ = Model::predict();
}
