//! A constant array comes through `identity`.

use dagger::{dag, task};

const SEEDS: [u32; 3] = [1, 2, 3];

#[task]
fn train(seed: u32) {
    let _ = seed;
}

#[dag]
fn pipeline() {
    for seed in dagger::identity(SEEDS) {
        train(seed);
    }
}

pub fn main() {
    pipeline();
    pipeline::call().run_blocking().unwrap();
}
