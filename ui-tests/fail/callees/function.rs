//! A function that is neither a task nor a dag.

use dagger::dag;

fn plain(n: u64) -> u64 {
    n + 1
}

#[dag]
fn process(size: u64) -> u64 {
    plain(size)
}

fn main() {
    let _ = process::dag();
}
