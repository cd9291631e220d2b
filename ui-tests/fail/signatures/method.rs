//! `#[task]` on a method.

use dagger::task;

struct Model {
    weight: u64,
}

impl Model {
    #[task]
    fn predict(&self, input: u64) -> u64 {
        self.weight * input
    }
}

fn main() {
    let _ = Model { weight: 2 }.predict(3);
}
