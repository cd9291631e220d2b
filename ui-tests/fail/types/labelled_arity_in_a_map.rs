//! An argument too few, for a task that has a label and may be called again.

use dagger::{dag, identity, task};

#[task(retry(limit = 3), label = name)]
async fn measure(name: &str, n: u64) -> u64 {
    name.len() as u64 + n
}

#[dag]
async fn process(names: Vec<String>, n: u64) -> Vec<u64> {
    let mut measured = Vec::new();
    for name in identity(names) {
        measured.push(measure(&name).await);
    }
    identity(measured)
}

fn main() {
    let _ = process::call(vec!["x".to_owned()], 3).run_blocking();
}
