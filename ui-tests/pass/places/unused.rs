//! Functions that nobody uses, and that warn as such functions do: no more.
#![deny(warnings)]
#![allow(dead_code)]

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
async fn fetch(n: u64) -> Result<u64, std::io::Error> {
    Ok(n)
}

#[dag]
fn process(size: u64) -> u64 {
    double(size)
}

#[dag]
async fn process_async(size: u64, #[default(1)] times: u64) -> Result<u64, std::io::Error> {
    let fetched = fetch(times).await?;
    let _unused = fetch(size).await?;
    Ok(fetched)
}

pub fn main() {}
