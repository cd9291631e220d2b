//! No `?` in a loop.

use dagger::{dag, task};

#[task]
fn list_orders(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
async fn try_fetch(page: u64) -> Result<u64, std::io::Error> {
    Ok(page)
}

#[task]
fn sum(prices: Vec<u64>) -> u64 {
    prices.into_iter().sum()
}

#[dag]
async fn process(size: u64) -> Result<u64, std::io::Error> {
    let mut pages = Vec::new();
    for order in list_orders(size) {
        pages.push(try_fetch(order).await);
    }
    Ok(sum(pages))
}

fn main() {
    let _ = process::dag();
}
