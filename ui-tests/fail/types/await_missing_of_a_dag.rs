//! No `.await` behind an async dag.

use dagger::{dag, task};

#[task]
async fn fetch(page: u64) -> u64 {
    page
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
async fn fetch_one(page: u64) -> u64 {
    fetch(page).await
}

#[dag]
async fn process(size: u64) -> u64 {
    let page = fetch_one(size);
    double(page)
}

fn main() {
    let _ = process::dag();
}
