//! `#[task]` on a function that takes the value as a parameter.

use dagger::{dag, task};

struct Model {
    weight: u64,
}

impl Model {
    fn predict(&self, input: u64) -> u64 {
        self.weight * input
    }
}

#[task]
fn predict(value: &Model, input: u64) -> u64 {
    value.predict(input)
}

#[dag]
fn predict_twice(model: Model, input: u64) -> u64 {
    let first = predict(&model, input);
    predict(&model, first)
}

pub fn main() {
    assert_eq!(predict_twice(Model { weight: 2 }, 3), 12);
    assert_eq!(predict_twice::call(Model { weight: 2 }, 3).run_blocking().unwrap(), 12);
}
