//! A task inside of a function, named like one outside.
//!
//! A legal program that is refused: the graph imports its callees, and an import cannot choose
//! between an item that a macro made and one outside of the block.

use dagger::{dag, task};

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
fn outside(size: u64) -> u64 {
    double(size)
}

pub fn main() {
    #[task]
    fn double(n: u64) -> u64 {
        20 * n
    }

    #[dag]
    fn inside(size: u64) -> u64 {
        double(size)
    }

    assert_eq!(outside::call(1).run_blocking().unwrap(), 2);
    assert_eq!(inside::call(1).run_blocking().unwrap(), 20);
}
