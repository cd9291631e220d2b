//! A label for the calls of a task that returns `impl Iterator`.

use dagger::{dag, identity, task};

#[task(label = count)]
fn numbers(count: u64) -> impl Iterator<Item = u64> + Send {
    0..count
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(count: u64) -> Vec<u64> {
    let mut doubled = Vec::new();
    for n in numbers(count) {
        doubled.push(double(n));
    }
    identity(doubled)
}

fn main() {
    let _ = numbers(3).count();
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
