//! `impl Trait` as the output of a dag.

use dagger::{dag, task};

#[task]
fn count_to(end: u64) -> Vec<u64> {
    (1..=end).collect()
}

#[dag]
fn process(end: u64) -> impl IntoIterator<Item = u64> {
    count_to(end)
}

fn main() {
    let _ = process(3);
    let _ = process::dag();
}
