//! A map of a dag of both steps; or a node between two maps, which joins the partitions of the
//! first.

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
    let chunk = clean(chunk);
    train(chunk)
}

#[dag]
fn pipeline_of_both(rows: u64) -> Option<u64> {
    pick_best(split_dataset(rows).into_iter().map(clean_and_train).collect())
}

#[dag]
fn pipeline(rows: u64) -> Option<u64> {
    let mut cleaned = Vec::new();
    for chunk in split_dataset(rows) {
        cleaned.push(clean(chunk));
    }
    let mut models = Vec::new();
    for chunk in dagger::identity(cleaned) {
        models.push(train(chunk));
    }
    pick_best(models)
}

pub fn main() {
    assert_eq!(pipeline_of_both(3), Some(6));
    assert_eq!(pipeline_of_both::call(3).run_blocking().unwrap(), Some(6));
    assert_eq!(pipeline(3), Some(6));
    assert_eq!(pipeline::call(3).run_blocking().unwrap(), Some(6));
}
