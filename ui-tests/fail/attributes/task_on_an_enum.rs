//! `#[task]` on an enum.

use dagger::task;

#[task]
enum Model {
    Linear,
}

fn main() {
    let _ = Model::Linear;
}
