//! `#[task]` on an associated function without `self`.
//!
//! Poor: the macro cannot see that it stands in an `impl`.

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
