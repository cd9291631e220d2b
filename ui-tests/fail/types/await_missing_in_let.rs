//! No `.await` behind an async task that is bound.

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
async fn process(size: u64) -> u64 {
    let page = fetch(size);
    double(page)
}

fn main() {
    let _ = process::dag();
}
