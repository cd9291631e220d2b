//! Every option, in every form.

use dagger::{dag, task};

#[task(concurrency = 4)]
fn double(n: u64) -> u64 {
    2 * n
}

#[task(crate = dagger, concurrency = 1_000)]
fn triple(n: u64) -> u64 {
    3 * n
}

#[task()]
fn add(a: u64, b: u64) -> u64 {
    a + b
}

mod path {
    pub mod to {
        pub use ::dagger;
    }
}

#[dag(crate = path::to::dagger)]
fn add_twice(a: u64, b: u64) -> u64 {
    let added = add(a, b);
    add(added, b)
}

#[dag(crate = ::dagger)]
fn process(size: u64) -> u64 {
    let doubled = double(size);
    let tripled = triple(size);
    add(doubled, tripled)
}

pub fn main() {
    assert_eq!(add_twice::call(3, 1).run_blocking().unwrap(), 5);
    assert_eq!(process(3), 15);
    assert_eq!(process::call(3).run_blocking().unwrap(), 15);
}
