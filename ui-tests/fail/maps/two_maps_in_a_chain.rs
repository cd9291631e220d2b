//! `.map(clean).map(train)`: two nodes for each partition, in the iterator spelling.

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
fn pipeline(rows: u64) -> Option<u64> {
    pick_best(split_dataset(rows).into_iter().map(clean).map(train).collect())
}

fn main() {
    let _ = pipeline(3);
    let _ = pipeline::call(3).run_blocking();
}
