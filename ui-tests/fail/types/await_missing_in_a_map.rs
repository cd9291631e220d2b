//! No `.await` in a loop.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
async fn fetch(page: u64) -> u64 {
    page
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
async fn process(size: u64) -> u64 {
    let mut pages = Vec::new();
    for order in list_orders(size) {
        pages.push(fetch(order));
    }
    sum(pages)
}

fn main() {
    let _ = process::dag();
}
