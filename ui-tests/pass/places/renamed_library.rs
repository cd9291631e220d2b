//! The library under another name, for each attribute.

mod reexported {
    pub(super) use ::dagger as pipelines;
}

use reexported::pipelines as flow;

#[flow::task(crate = flow)]
fn list(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[flow::task(crate = flow, concurrency = 2)]
fn double(n: u64) -> u64 {
    2 * n
}

#[flow::dag(crate = flow)]
fn process(count: u64) -> Vec<u64> {
    flow::identity(list(count).into_iter().map(double).collect())
}

#[reexported::pipelines::dag(crate = reexported::pipelines)]
fn weekly(count: u64) -> Vec<u64> {
    process(count)
}

pub fn main() {
    assert_eq!(weekly::call(3).run_blocking().unwrap(), [0, 2, 4]);
}
