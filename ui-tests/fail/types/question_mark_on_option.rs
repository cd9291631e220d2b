//! `?` on an `Option`, in a dag that returns a `Result`.

use dagger::{dag, task};

#[task]
fn find(size: u64) -> Option<u64> {
    Some(size)
}

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: u64) -> Result<u64, std::io::Error> {
    let found = find(size)?;
    Ok(measure(found))
}

#[dag]
fn weekly(size: u64) -> Result<u64, std::io::Error> {
    process(size)
}

fn main() {
    let _ = process(3);
    let _ = process::call(3).run_blocking();
    let _ = process::builder().size(3).call();
    let _ = process::dag();
    let _ = weekly::call(3);
}
