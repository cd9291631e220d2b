//! Tasks, and what the tests of hand-written graphs have in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::hand::DagBuilder;
use dagger::{Call, Dag, Inputs, Outputs, task};

/// The graph, which obeys all laws.
pub(crate) fn built(dag: DagBuilder) -> Dag {
    dag.build().unwrap_or_else(|error| panic!("{error}"))
}

/// Why there is no graph, one line a violation.
pub(crate) fn refused(dag: DagBuilder) -> String {
    dag.build().expect_err("the graph has violations").to_string()
}

pub(crate) fn run(dag: &Dag, inputs: Inputs) -> Outputs {
    Call::by_name(dag, inputs).run_blocking().unwrap_or_else(|error| panic!("{error}"))
}

/// Runs both graphs, and asks that they are equal and give the same value.
#[track_caller]
pub(crate) fn assert_same<T: PartialEq + std::fmt::Debug + 'static>(
    by_hand: &Dag,
    of_macro: &Dag,
    inputs: impl Fn() -> Inputs,
    expected: T,
) {
    assert_eq!(by_hand, of_macro, "\nby hand:\n{by_hand}\nof the macro:\n{of_macro}");
    assert_eq!(by_hand.to_string(), of_macro.to_string());
    for dag in [by_hand, of_macro] {
        assert_eq!(run(dag, inputs()).take::<T>("return_value").unwrap(), expected);
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Data {
    pub(crate) training: Vec<u64>,
    pub(crate) test: Vec<u64>,
    pub(crate) depth: u32,
}

#[task]
pub(crate) fn load(seed: u64) -> Data {
    Data { training: vec![seed, seed + 1, seed + 2], test: vec![seed * 10], depth: 3 }
}

#[task]
pub(crate) fn generate(count: u64) -> Vec<u64> {
    (1..=count).collect()
}

#[task]
pub(crate) fn raise(n: u64, exponent: u32) -> u64 {
    n.pow(exponent)
}

#[task]
pub(crate) fn add(a: u64, b: u64) -> u64 {
    a + b
}

#[task]
pub(crate) fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

#[task]
pub(crate) fn total(numbers: Vec<u64>) -> u64 {
    numbers.iter().sum()
}

#[task]
pub(crate) fn weigh(n: u64, test: &[u64], factor: u64) -> u64 {
    n * factor + test.len() as u64
}

#[task]
#[allow(clippy::trivially_copy_pass_by_ref, reason = "a partition that is borrowed")]
pub(crate) fn double(n: &u64) -> u64 {
    2 * n
}

#[task]
pub(crate) fn half(n: u64) -> Result<u64, String> {
    if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
}

#[task(concurrency = 2)]
pub(crate) async fn fetch(page: u64, host: &str) -> String {
    tokio::task::yield_now().await;
    format!("{host}/{page}")
}

#[task]
pub(crate) async fn fetch_even(page: u64) -> Result<u64, String> {
    tokio::task::yield_now().await;
    if page.is_multiple_of(2) { Ok(page) } else { Err(format!("no page {page}")) }
}

#[task]
pub(crate) fn join(lines: Vec<String>) -> String {
    lines.join(" ")
}

#[task]
pub(crate) fn shout(line: &str) -> String {
    line.to_uppercase()
}

#[task]
pub(crate) fn count_ok(results: Vec<Result<u64, String>>) -> u64 {
    results.iter().flatten().sum()
}

#[task]
pub(crate) fn min_max(numbers: &[u64]) -> (u64, u64) {
    let (min, max) = (numbers.iter().min(), numbers.iter().max());
    (min.copied().unwrap_or_default(), max.copied().unwrap_or_default())
}

#[task]
pub(crate) fn log(line: String) {
    assert!(!line.is_empty());
}

/// A value that counts how often it is dropped.
pub(crate) struct Counted(pub(crate) Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
