//! A dag whose parameters are being written.
//!
//! Poor: as rustc reports it of a function without the attribute.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
fn process(size: ) -> u64 {
    measure(size)
}

fn main() {}
