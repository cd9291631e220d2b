//! A task returns the range.

use dagger::{dag, task};

#[task]
fn partitions() -> Vec<u32> {
    (0..10).collect()
}

#[task]
fn train(seed: u32) -> u32 {
    seed * 2
}

#[task]
fn pick_best(models: Vec<u32>) -> Option<u32> {
    models.into_iter().max()
}

#[dag]
fn pipeline() -> Option<u32> {
    let mut models = Vec::new();
    for seed in partitions() {
        models.push(train(seed));
    }
    pick_best(models)
}

pub fn main() {
    assert_eq!(pipeline(), Some(18));
    assert_eq!(pipeline::call().run_blocking().unwrap(), Some(18));
}
