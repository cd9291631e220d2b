//! `#[task]` on a trait.

use dagger::task;

#[task]
trait Model {
    fn predict(&self) -> u64;
}

impl Model for u64 {
    fn predict(&self) -> u64 {
        *self
    }
}

fn main() {
    let _ = 3_u64.predict();
}
