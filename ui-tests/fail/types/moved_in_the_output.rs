//! One output twice in the tuple that the dag returns.

use dagger::{dag, task};

#[task]
fn label(order: u64) -> String {
    order.to_string()
}

#[dag]
fn process(size: u64) -> (String, String) {
    let label = label(size);
    (label, label)
}

fn main() {
    let _ = process::dag();
}
