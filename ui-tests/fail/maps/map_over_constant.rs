//! A loop over a range that is written in the body.

use dagger::{dag, task};

#[task]
fn train(seed: u32) -> u32 {
    seed * 2
}

#[task]
fn pick_best(models: Vec<u32>) -> Option<u32> {
    models.into_iter().max()
}

#[dag]
fn pipeline() -> Option<u32> {
    let mut models = Vec::new();
    for seed in 0..10 {
        models.push(train(seed));
    }
    pick_best(models)
}

#[dag]
fn weekly() -> Option<u32> {
    pipeline()
}

fn main() {
    let _ = pipeline();
    let _ = pipeline::call().run_blocking();
    let _ = pipeline::builder().call();
    let _ = pipeline::dag();
    let _ = weekly::call();
}
