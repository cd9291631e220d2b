//! A value that an inner call takes, and that the call around it reads before.

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
    add(address.len() as u64, ship(address))
}

fn main() {
    let _ = process(String::new());
    let _ = process::dag();
}
