//! A dag returns a type with a name. A task may return `impl Iterator`.

use dagger::{dag, task};

#[task]
fn count_to(end: u64) -> impl Iterator<Item = u64> + Send {
    1..=end
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn process(end: u64) -> Vec<u64> {
    dagger::identity(count_to(end).map(double).collect())
}

pub fn main() {
    assert_eq!(process(3), [2, 4, 6]);
    assert_eq!(process::call(3).run_blocking().unwrap(), [2, 4, 6]);
}
