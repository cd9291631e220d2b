//! A task returns the range up to a parameter.

use dagger::{dag, task};

#[task]
fn partitions(seeds: u32) -> Vec<u32> {
    (0..seeds).collect()
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
fn pipeline(seeds: u32) -> Option<u32> {
    pick_best(partitions(seeds).into_iter().map(train).collect())
}

pub fn main() {
    assert_eq!(pipeline(3), Some(4));
    assert_eq!(pipeline::call(3).run_blocking().unwrap(), Some(4));
}
