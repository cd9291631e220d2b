//! No `.await` behind an async task.
//!
//! Poor: rustc says it again of the graph, where labels or help differ.

use dagger::{dag, task};

#[task]
async fn fetch(page: u64) -> u64 {
    page
}

#[dag]
async fn process(size: u64) -> u64 {
    fetch(size)
}

fn main() {
    let _ = process::dag();
}
