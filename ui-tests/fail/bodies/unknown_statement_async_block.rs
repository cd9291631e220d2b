//! An `async` block that is awaited.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
async fn process(size: u64) -> u64 {
    let measured = async { measure(size) }.await;
    measured
}

fn main() {
    drop(process(3));
    let _ = process::call(3).run_blocking();
}
