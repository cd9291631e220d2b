//! `identity` joins the partitions inside of `Ok(…)`.

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
    Ok(dagger::identity(transformed))
}

pub fn main() {
    assert_eq!(transform_dataset(3).unwrap(), [0, 2, 4]);
    assert_eq!(transform_dataset::call(3).run_blocking().unwrap(), [0, 2, 4]);
}
