//! A task whose name is longer than those of nodes are.

use dagger::{dag, task};

#[task]
fn measure_the_distance_between_the_two_points_that_are_given(from: u64, to: u64) -> u64 {
    from.abs_diff(to)
}

#[dag]
fn process(from: u64, to: u64) -> u64 {
    measure_the_distance_between_the_two_points_that_are_given(from, to)
}

fn main() {
    let _ = process(1, 2);
    let _ = process::call(1, 2).run_blocking();
}
