//! A task prints.

use dagger::{dag, task};

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[task]
fn shrink(size: u64) -> u64 {
    size / 2
}

#[task]
fn report(measured: &u64) {
    println!("{measured} bytes");
}

#[dag]
fn process(size: u64) -> u64 {
    let measured = measure(size);
    report(&measured);
    shrink(measured)
}

pub fn main() {
    assert_eq!(process(3), 2);
    assert_eq!(process::call(3).run_blocking().unwrap(), 2);
}
