//! A parameter that is borrowed when it has been moved.

use dagger::{dag, task};

#[task]
fn ship(address: String) -> u64 {
    address.len() as u64
}

#[task]
fn count_words(text: &str) -> u64 {
    text.split(' ').count() as u64
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[dag]
fn process(address: String) -> u64 {
    let shipped = ship(address);
    let words = count_words(&address);
    add(shipped, words)
}

fn main() {
    let _ = process::dag();
}
