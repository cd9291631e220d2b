//! A parameter that is a function.

use dagger::dag;

#[dag]
fn process(step: fn(u64) -> u64) -> u64 {
    step(3)
}

fn main() {
    let _ = process::dag();
}
