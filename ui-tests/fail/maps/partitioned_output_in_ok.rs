//! The `Vec` that a loop fills, in the `Ok(…)` of a dag that may fail.

use dagger::{dag, task};

#[task]
fn split_dataset(rows: u64) -> Result<Vec<u64>, std::io::Error> {
    Ok((0..rows).collect())
}

#[task]
fn transform(chunk: u64) -> u64 {
    chunk * 2
}

#[dag]
fn transform_dataset(rows: u64) -> Result<Vec<u64>, std::io::Error> {
    let chunks = split_dataset(rows)?;
    let mut transformed = Vec::new();
    for chunk in chunks {
        transformed.push(transform(chunk));
    }
    Ok(transformed)
}

#[dag]
fn weekly(rows: u64) -> Result<Vec<u64>, std::io::Error> {
    transform_dataset(rows)
}

fn main() {
    let _ = transform_dataset(3);
    let _ = transform_dataset::call(3).run_blocking();
    let _ = transform_dataset::builder().rows(3).call();
    let _ = transform_dataset::dag();
    let _ = weekly::call(3);
}
