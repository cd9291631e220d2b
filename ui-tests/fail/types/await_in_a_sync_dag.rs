//! `.await` in a dag that is not `async`.

use dagger::{dag, task};

#[task]
async fn fetch(page: u64) -> u64 {
    page
}

#[dag]
fn process(size: u64) -> u64 {
    fetch(size).await
}

fn main() {
    let _ = process::dag();
}
