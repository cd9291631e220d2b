//! A function that is no node, by its path.

use dagger::dag;

mod steps {
    pub(crate) fn plain(n: u64) -> u64 {
        n + 1
    }
}

#[dag]
fn process(size: u64) -> u64 {
    steps::plain(size)
}

fn main() {
    let _ = process::dag();
}
