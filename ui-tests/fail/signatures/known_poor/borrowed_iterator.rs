//! `impl Iterator` that borrows from a parameter, without saying so.
//!
//! Poor: rustc speaks of generated names; only it knows what `impl Trait` borrows.

use dagger::{dag, task};

#[task]
fn count_to(end: u64) -> Vec<u64> {
    (1..=end).collect()
}

#[task]
fn doubled(numbers: &[u64]) -> impl Iterator<Item = u64> + Send {
    numbers.iter().map(|n| 2 * n)
}

#[task]
fn print(n: u64) {
    println!("{n}");
}

#[dag]
fn process(end: u64) {
    let numbers = count_to(end);
    for n in doubled(&numbers) {
        print(n);
    }
}

fn main() {
    process(3);
    let _ = process::call(3).run_blocking();
}
