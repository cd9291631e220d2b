//! `#[task]` on a method that a trait asks for.

use dagger::task;

trait Model {
    #[task]
    fn predict(&self, input: u64) -> u64;
}

struct Double;

impl Model for Double {
    fn predict(&self, input: u64) -> u64 {
        2 * input
    }
}

fn main() {
    let _ = Double.predict(3);
}
