//! `.await` behind a task that is not `async`.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
async fn process(size: u64) -> u64 {
    double(size).await
}

fn main() {
    let _ = process::dag();
}
