//! A misspelt name in a module.
//!
//! Poor: rustc misses the function where it is called, and where the graph names it.

use dagger::dag;

mod steps {
    #[dagger::task]
    pub(crate) fn measure(n: u64) -> u64 {
        n + 1
    }
}

#[dag]
fn process(size: u64) -> u64 {
    steps::mesure(size)
}

fn main() {
    let _ = process::dag();
}
