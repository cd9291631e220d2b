//! The inner call takes a copy that is its own.

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
    add(address.len() as u64, ship(address.clone()))
}

pub fn main() {
    assert_eq!(process("Oslo".to_owned()), 8);
    assert_eq!(process::call("Oslo".to_owned()).run_blocking().unwrap(), 8);
}
