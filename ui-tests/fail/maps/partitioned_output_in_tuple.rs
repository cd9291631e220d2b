//! The `Vec` that a loop fills, as one of two outputs.

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
    (size, transformed)
}

#[dag]
fn weekly(rows: u64) -> (usize, Vec<u64>) {
    transform_dataset(rows)
}

fn main() {
    let _ = transform_dataset(3);
    let _ = transform_dataset::call(3).run_blocking();
    let _ = transform_dataset::builder().rows(3).call();
    let _ = transform_dataset::dag();
    let _ = weekly::call(3);
}
