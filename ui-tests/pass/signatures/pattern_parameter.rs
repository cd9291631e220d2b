//! A parameter with a name, taken apart in the body of the task.

use dagger::{dag, task};

#[task]
fn distance(value: (u64, u64)) -> u64 {
    let (x, y) = value;
    x.abs_diff(y)
}

#[dag]
fn process(from: u64, to: u64) -> u64 {
    distance((from, to))
}

pub fn main() {
    assert_eq!(distance((1, 4)), 3);
    assert_eq!(process::call(1, 4).run_blocking().unwrap(), 3);
}
