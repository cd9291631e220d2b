//! As `retried_error`, in a map.

use dagger::{dag, identity, task};

#[task(retry(limit = 3))]
async fn halve(n: u64) -> Result<u64, u64> {
    if n % 2 == 0 { Ok(n / 2) } else { Err(n) }
}

#[dag]
async fn process(sizes: Vec<u64>) -> Vec<Result<u64, u64>> {
    let mut halves = Vec::new();
    for size in identity(sizes) {
        halves.push(halve(size).await);
    }
    identity(halves)
}

fn main() {
    drop(process(vec![3]));
    let _ = process::call(vec![3]).run_blocking();
}
