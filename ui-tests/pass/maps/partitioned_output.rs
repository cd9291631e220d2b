//! `identity` joins the partitions, and the dag returns its output.

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
    let mut transformed = Vec::new();
    for chunk in split_dataset(rows) {
        transformed.push(transform(chunk));
    }
    dagger::identity(transformed)
}

pub fn main() {
    assert_eq!(transform_dataset(3), [0, 2, 4]);
    assert_eq!(transform_dataset::call(3).run_blocking().unwrap(), [0, 2, 4]);
}
