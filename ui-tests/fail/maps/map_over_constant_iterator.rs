//! A map over a range up to a parameter.

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
fn pipeline(seeds: u32) -> Option<u32> {
    pick_best((0..seeds).map(train).collect())
}

#[dag]
fn weekly(seeds: u32) -> Option<u32> {
    pipeline(seeds)
}

fn main() {
    let _ = pipeline(3);
    let _ = pipeline::call(3).run_blocking();
    let _ = pipeline::builder().seeds(3).call();
    let _ = pipeline::dag();
    let _ = weekly::call(3);
}
