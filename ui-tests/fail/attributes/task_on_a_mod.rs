//! `#[task]` on a module.

use dagger::task;

#[task]
mod steps {
    pub(crate) fn predict() -> u64 {
        3
    }
}

fn main() {
    let _ = steps::predict();
}
