//! A parameter that two calls take.

use dagger::{dag, task};

#[task]
fn ship(address: String) -> u64 {
    address.len() as u64
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(address: String) -> u64 {
    let first = ship(address);
    let second = ship(address);
    add(first, second)
}

fn main() {
    let _ = process::dag();
}
