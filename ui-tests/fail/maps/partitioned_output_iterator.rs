//! What a map collects is what the dag returns.

use dagger::{dag, task};

#[task]
fn split_dataset(rows: u64) -> Vec<u64> {
    (0..rows).collect()
}

#[task]
fn transform(chunk: u64) -> u64 {
    chunk * 2
}

#[dag]
fn transform_dataset(rows: u64) -> Vec<u64> {
    split_dataset(rows).into_iter().map(transform).collect()
}

#[dag]
fn weekly(rows: u64) -> Vec<u64> {
    transform_dataset(rows)
}

fn main() {
    let _ = transform_dataset(3);
    let _ = transform_dataset::call(3).run_blocking();
    let _ = transform_dataset::builder().rows(3).call();
    let _ = transform_dataset::dag();
    let _ = weekly::call(3);
}
