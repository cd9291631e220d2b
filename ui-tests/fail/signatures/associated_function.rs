//! `#[task]` on an associated function without `self`.

use dagger::task;

struct Model;

impl Model {
    #[task]
    fn double(n: u64) -> u64 {
        2 * n
    }
}

fn main() {
    let _ = Model::double(3);
}
