//! A partition with the name of the value that is mapped over, beside a name that is not the body's.

use dagger::{dag, task};

#[task]
fn list(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn raise(n: u64, by: Option<u64>) -> u64 {
    n + by.unwrap_or(1)
}

#[task]
fn sum(numbers: Vec<u64>) -> u64 {
    numbers.into_iter().sum()
}

#[dag]
fn process(count: u64) -> u64 {
    let numbers = list(count);
    let mut raised = Vec::new();
    for numbers in numbers {
        raised.push(raise(numbers * 2, None));
    }
    sum(raised)
}

pub fn main() {
    assert_eq!(process(3), 9);
    assert_eq!(process::call(3).run_blocking().unwrap(), 9);
}
