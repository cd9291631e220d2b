//! `#[dag]` on a method.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

struct Model {
    weight: u64,
}

impl Model {
    #[dag]
    fn predict(&self, input: u64) -> u64 {
        double(input)
    }
}

fn main() {
    let model = Model { weight: 2 };
    let _ = model.predict(model.weight);
}
