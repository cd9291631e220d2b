//! `let x: T` of another type.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
fn ship(address: String) -> u64 {
    address.len() as u64
}

#[dag]
fn process(size: u64) -> u64 {
    let address: String = double(size);
    ship(address)
}

fn main() {
    let _ = process::dag();
}
