//! A function that is no node, called twice: said at each call.

use dagger::dag;

fn plain(n: u64) -> u64 {
    n + 1
}

#[dag]
fn process(size: u64) -> u64 {
    let more = plain(size);
    plain(more)
}

fn main() {
    let _ = process::dag();
}
