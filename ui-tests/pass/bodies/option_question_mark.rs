//! The task makes a `Result` of the `Option`.

use dagger::{dag, task};

#[task]
fn find(size: u64) -> Option<u64> {
    size.checked_sub(1)
}

#[task]
fn required<T>(value: Option<T>) -> Result<T, std::io::Error> {
    value.ok_or(std::io::Error::other("why there is none"))
}

#[dag]
fn process(size: u64) -> Result<u64, std::io::Error> {
    let found = required(find(size))?;
    required(find(found))
}

pub fn main() {
    assert_eq!(process(3).unwrap(), 1);
    assert_eq!(process::call(3).run_blocking().unwrap(), 1);
    assert!(process::call(1).run_blocking().is_err());
}
