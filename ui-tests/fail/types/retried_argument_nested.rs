//! A value that goes from call to call, into a task that may be called again.

use dagger::{dag, task};

struct Order(u64);

#[task]
fn read(id: u64) -> Order {
    Order(id)
}

#[task(retry(limit = 3))]
async fn send(order: Order) -> u64 {
    order.0
}

#[dag]
async fn process(id: u64) -> u64 {
    send(read(id)).await
}

fn main() {
    drop(process(3));
    let _ = process::call(3).run_blocking();
}
