//! The steps for each partition in a dag of their own, whose name stands in the map.

use dagger::{dag, task};

#[task]
fn split_dataset(rows: u64) -> Vec<u64> {
    (0..rows).collect()
}

#[task]
fn clean(chunk: u64) -> u64 {
    chunk + 1
}

#[task]
fn train(chunk: u64) -> u64 {
    chunk * 2
}

#[task]
fn pick_best(models: Vec<u64>) -> Option<u64> {
    models.into_iter().max()
}

#[dag]
fn clean_and_train(chunk: u64) -> u64 {
    train(clean(chunk))
}

#[dag]
fn pipeline(rows: u64) -> Option<u64> {
    pick_best(split_dataset(rows).into_iter().map(clean_and_train).collect())
}

pub fn main() {
    assert_eq!(pipeline(3), Some(6));
    assert_eq!(pipeline::call(3).run_blocking().unwrap(), Some(6));
}
