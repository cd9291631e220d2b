//! The task makes a `Result` of the `Option`.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn find(size: u64) -> Result<u64, std::io::Error> {
    Some(size).ok_or(std::io::Error::other("nothing there"))
}

#[dag]
fn process(size: u64) -> Result<u64, std::io::Error> {
    let found = find(size)?;
    Ok(measure(found))
}

pub fn main() {
    assert_eq!(process(3).unwrap(), 4);
    assert_eq!(process::call(3).run_blocking().unwrap(), 4);
}
