//! Times as people write them, and one that is over.

use std::future::pending;

use dagger::{dag, task};

#[task(timeout = "30s")]
fn double(n: u64) -> u64 {
    2 * n
}

#[task(timeout = "1ms")]
async fn wait(n: u64) -> u64 {
    pending::<()>().await;
    n
}

#[dag]
async fn process(size: u64) -> u64 {
    let doubled = double(size);
    wait(doubled).await
}

pub fn main() {
    let error = process::call(3).run_blocking().unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.to_string(), "dag `process`, node `wait` timed out after 1ms");
}
