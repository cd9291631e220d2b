//! An async task whose future cannot go to another thread, in a loop.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
async fn wait(n: u64) -> u64 {
    let shared = std::rc::Rc::new(n);
    std::future::ready(()).await;
    *shared
}

#[dag]
async fn process(size: u64) {
    for order in list_orders(size) {
        wait(order).await;
    }
}

fn main() {
    let _ = process::dag();
}
