//! The steps for each partition in a dag of their own, which the loop maps.

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
    let cleaned = clean(chunk);
    train(cleaned)
}

#[dag]
fn pipeline(rows: u64) -> Option<u64> {
    let mut models = Vec::new();
    for chunk in split_dataset(rows) {
        models.push(clean_and_train(chunk));
    }
    pick_best(models)
}

pub fn main() {
    assert_eq!(pipeline(3), Some(6));
    assert_eq!(pipeline::call(3).run_blocking().unwrap(), Some(6));
}
