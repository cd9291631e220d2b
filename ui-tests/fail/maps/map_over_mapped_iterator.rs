//! A map over what another map collects, by name.

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
    let cleaned: Vec<_> = split_dataset(rows).into_iter().map(clean).collect();
    pick_best(cleaned.into_iter().map(train).collect())
}

#[dag]
fn weekly(rows: u64) -> Option<u64> {
    pipeline(rows)
}

fn main() {
    let _ = pipeline(3);
    let _ = pipeline::call(3).run_blocking();
    let _ = pipeline::builder().rows(3).call();
    let _ = pipeline::dag();
    let _ = weekly::call(3);
}
