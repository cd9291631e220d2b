//! A label for the calls of a task that returns an iterator in a box.

use dagger::{dag, identity, task};

#[task(label = count)]
fn numbers(count: u64) -> Box<dyn Iterator<Item = u64> + Send> {
    assert!(count < 9, "too many");
    Box::new(0..count)
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

pub fn main() {
    assert_eq!(process::call(3).run_blocking().unwrap(), [0, 2, 4]);
    assert_eq!(process::call(9).run_blocking().unwrap_err().label(), Some("9"));
}
