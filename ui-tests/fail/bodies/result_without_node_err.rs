//! `Err` as the output.

use dagger::{dag, task};

#[task]
fn archive(size: u64) {
    let _ = size;
}

#[dag]
fn process(size: u64) -> Result<u64, std::io::Error> {
    archive(size);
    Err(std::io::Error::other("no"))
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
}
