//! An async task whose future cannot go to another thread.

use dagger::{dag, task};

#[task]
async fn wait(n: u64) -> u64 {
    let shared = std::rc::Rc::new(n);
    std::future::ready(()).await;
    *shared
}

#[dag]
async fn process(size: u64) -> u64 {
    wait(size).await
}

fn main() {
    let _ = process::dag();
}
