//! A misspelt module.

use dagger::dag;

mod steps {
    #[dagger::task]
    pub(crate) fn measure(n: u64) -> u64 {
        n + 1
    }
}

#[dag]
fn process(size: u64) -> u64 {
    step::measure(size)
}

fn main() {
    let _ = process::dag();
}
