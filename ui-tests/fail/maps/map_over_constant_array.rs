//! A loop over a constant array.

use dagger::{dag, task};

const SEEDS: [u32; 3] = [1, 2, 3];

#[task]
fn train(seed: u32) {
    let _ = seed;
}

#[dag]
fn pipeline() {
    for seed in SEEDS {
        train(seed);
    }
}

#[dag]
fn weekly() {
    pipeline()
}

fn main() {
    pipeline();
    let _ = pipeline::call().run_blocking();
    let _ = pipeline::builder().call();
    let _ = pipeline::dag();
    let _ = weekly::call();
}
