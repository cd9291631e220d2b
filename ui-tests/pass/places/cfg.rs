//! What is configured out vanishes, graph and all.

use dagger::{dag, task};

#[cfg(any())]
#[task]
fn absent(n: Unknown) -> u64 {
    unknown!(n)
}

#[task]
#[cfg(any())]
fn absent_too(n: Unknown) -> u64 {
    n
}

#[dag]
#[cfg(any())]
fn absent_dag(size: Unknown) -> u64 {
    absent(size)
}

#[cfg_attr(any(), cfg(any()))]
#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[task]
#[cfg(not(any()))]
fn present(n: u64) -> u64 {
    2 * n
}

#[task]
#[cfg(any())]
fn present(n: u64) -> u64 {
    3 * n
}

#[dag]
#[cfg(not(any()))]
fn process(size: u64) -> u64 {
    let doubled = double(size);
    present(doubled)
}

#[cfg_attr(all(), dag)]
fn process_again(size: u64) -> u64 {
    process(size)
}

pub fn main() {
    assert_eq!(process_again::call(1).run_blocking().unwrap(), 4);
}
