//! Two outputs, each of a node that has seen all partitions.

use dagger::{dag, task};

#[task]
fn split_dataset(rows: u64) -> Vec<u64> {
    (0..rows).collect()
}

#[task]
fn transform(chunk: u64) -> u64 {
    chunk * 2
}

#[task]
fn count(chunks: &[u64]) -> usize {
    chunks.len()
}

#[dag]
fn transform_dataset(rows: u64) -> (usize, Vec<u64>) {
    let mut transformed = Vec::new();
    for chunk in split_dataset(rows) {
        transformed.push(transform(chunk));
    }
    let size = count(&transformed);
    (size, dagger::identity(transformed))
}

pub fn main() {
    assert_eq!(transform_dataset(3), (3, vec![0, 2, 4]));
    assert_eq!(transform_dataset::call(3).run_blocking().unwrap(), (3, vec![0, 2, 4]));
}
