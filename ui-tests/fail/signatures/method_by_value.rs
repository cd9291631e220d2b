//! `#[task]` on a method that takes `self`.

use dagger::task;

struct Model {
    weight: u64,
}

impl Model {
    #[task]
    fn into_weight(self) -> u64 {
        self.weight
    }
}

fn main() {
    let _ = Model { weight: 2 }.into_weight();
}
