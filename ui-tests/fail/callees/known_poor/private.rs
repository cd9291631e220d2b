//! A task of a module that is private.
//!
//! Poor: a function that is private is not known to be a task.

use dagger::dag;

mod steps {
    #[dagger::task]
    fn measure(n: u64) -> u64 {
        n + 1
    }
}

#[dag]
fn process(size: u64) -> u64 {
    steps::measure(size)
}

fn main() {
    let _ = process::dag();
}
