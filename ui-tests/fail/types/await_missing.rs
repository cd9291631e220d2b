//! No `.await` behind an async task.

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
