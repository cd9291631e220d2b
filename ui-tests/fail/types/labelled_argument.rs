//! An argument of a wrong type, for a task that has a label and may be called again.

use dagger::{dag, task};

#[task(retry(limit = 3), label = name)]
fn measure(name: &str, n: u64) -> u64 {
    name.len() as u64 + n
}

#[dag]
fn process(name: String, n: u64) -> u64 {
    measure(&name, "three")
}

fn main() {
    let _ = process::call("x".to_owned(), 3).run_blocking();
}
