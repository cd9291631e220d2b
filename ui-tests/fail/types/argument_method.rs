//! A method that does not exist.

use dagger::{dag, task};

#[task]
fn ship(address: String) -> u64 {
    address.len() as u64
}

#[dag]
fn process(address: String) -> u64 {
    ship(address.trimm())
}

fn main() {
    let _ = process::dag();
}
