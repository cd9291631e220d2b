//! The results of a map come in the order of the partitions, whatever the order of completion.
#![allow(clippy::useless_conversion, reason = "a map over a lazy fan-out is spelt like any other")]

use std::collections::BTreeMap;
use std::sync::Arc;

use dagger::{dag, identity, task};

use crate::support::{Latch, Log, count_lazily, count_up, everywhere, threads, watched};

/// A latch for each partition: a partition waits for the next one's and opens its own.
type Latches = Vec<Latch>;

fn latches(partitions: usize) -> Arc<Latches> {
    let latches: Latches = (0..=partitions).map(|_| Latch::default()).collect();
    latches[partitions].open();
    Arc::new(latches)
}

#[task]
fn after_the_next(n: usize, latches: &Latches, log: &Log) -> usize {
    latches[n + 1].wait();
    log.note(n.to_string());
    latches[n].open();
    n
}

#[task]
async fn after_the_next_later(n: usize, latches: &Latches, log: &Log) -> usize {
    latches[n + 1].opened().await;
    log.note(n.to_string());
    latches[n].open();
    n
}

fn reversed(end: usize) -> Vec<String> {
    (0..end).rev().map(|n| n.to_string()).collect()
}

fn assert_ascending(results: &[usize], end: usize) {
    assert_eq!(results.len(), end);
    assert!(results.iter().copied().eq(0..end), "the results are out of order");
}

#[task]
fn results(numbers: Vec<usize>, log: Arc<Log>) -> (Vec<usize>, Vec<String>) {
    (numbers, log.events())
}

#[dag]
fn sync_backwards(
    end: usize,
    latches: Arc<Latches>,
    #[default(Arc::default())] log: Arc<Log>,
) -> (Vec<usize>, Vec<String>) {
    let mut done = Vec::new();
    for n in count_up(end) {
        done.push(after_the_next(n, &latches, &log));
    }
    let (numbers, events) = results(done, log);
    (numbers, events)
}

#[test]
fn partitions_of_a_sync_map_that_end_backwards() {
    let (numbers, events) =
        everywhere(&threads(8), || sync_backwards::builder().end(8).latches(latches(8)).call());
    assert_ascending(&numbers, 8);
    assert_eq!(events, reversed(8));
}

#[dag]
async fn async_backwards(
    end: usize,
    latches: Arc<Latches>,
    #[default(Arc::default())] log: Arc<Log>,
) -> (Vec<usize>, Vec<String>) {
    let mut done = Vec::new();
    for n in count_up(end) {
        done.push(after_the_next_later(n, &latches, &log).await);
    }
    let (numbers, events) = results(done, log);
    (numbers, events)
}

#[dag]
async fn joined_backwards(
    end: usize,
    latches: Arc<Latches>,
    #[default(Arc::default())] log: Arc<Log>,
) -> (Vec<usize>, Vec<String>) {
    let numbers = count_lazily(end);
    let done = futures::future::join_all(
        numbers.into_iter().map(|n| after_the_next_later(n, &latches, &log)),
    )
    .await;
    let (numbers, events) = results(done, log);
    (numbers, events)
}

#[dag]
async fn borrowed_backwards(
    end: usize,
    latches: Arc<Latches>,
    #[default(Arc::default())] log: Arc<Log>,
) -> (Vec<usize>, Vec<String>) {
    let numbers = count_up(end);
    let mut done = Vec::new();
    for n in &numbers {
        done.push(after_the_next_later(*n, &latches, &log).await);
    }
    let (numbers, events) = results(done, log);
    (numbers, events)
}

#[test]
fn partitions_of_an_async_map_that_end_backwards() {
    let (numbers, events) = everywhere(&threads(1), || {
        async_backwards::builder().end(500).latches(latches(500)).call()
    });
    assert_ascending(&numbers, 500);
    assert_eq!(events, reversed(500));

    let (numbers, events) = everywhere(&threads(1), || {
        joined_backwards::builder().end(500).latches(latches(500)).call()
    });
    assert_ascending(&numbers, 500);
    assert_eq!(events, reversed(500));

    let (numbers, events) = everywhere(&threads(1), || {
        borrowed_backwards::builder().end(500).latches(latches(500)).call()
    });
    assert_ascending(&numbers, 500);
    assert_eq!(events, reversed(500));
}

#[dag]
async fn step_backwards(n: usize, latches: Arc<Latches>, log: Arc<Log>) -> usize {
    let n = identity(n);
    after_the_next_later(n, &latches, &log).await
}

#[dag]
async fn nested_backwards(
    end: usize,
    latches: Arc<Latches>,
    #[default(Arc::default())] log: Arc<Log>,
) -> (Vec<usize>, Vec<String>) {
    let mut done = Vec::new();
    for n in count_up(end) {
        done.push(step_backwards(n, latches.clone(), log.clone()).await);
    }
    let (numbers, events) = results(done, log);
    (numbers, events)
}

#[test]
fn partitions_of_a_map_of_nested_dags_that_end_backwards() {
    let (numbers, events) = everywhere(&threads(2), || {
        nested_backwards::builder().end(100).latches(latches(100)).call()
    });
    assert_ascending(&numbers, 100);
    assert_eq!(events, reversed(100));
}

#[task]
fn keep(n: usize) -> usize {
    n
}

#[task]
async fn keep_later(n: usize) -> usize {
    if n.is_multiple_of(3) {
        tokio::task::yield_now().await;
    }
    n
}

#[task]
fn keep_value(pair: (&usize, &usize)) -> usize {
    *pair.1
}

#[task]
fn index(end: usize) -> BTreeMap<usize, usize> {
    (0..end).map(|n| (n, n)).collect()
}

#[dag]
fn many_sync(end: usize) -> Vec<usize> {
    let mut kept = Vec::new();
    for n in count_up(end) {
        kept.push(keep(n));
    }
    identity(kept)
}

#[dag]
fn many_lazy(end: usize) -> Vec<usize> {
    let mut kept = Vec::new();
    for n in count_lazily(end) {
        kept.push(keep(n));
    }
    identity(kept)
}

/// Every worker iterates the map that all of them share.
#[dag]
fn many_borrowed(end: usize) -> Vec<usize> {
    let index = index(end);
    let mut kept = Vec::new();
    for pair in &index {
        kept.push(keep_value(pair));
    }
    identity(kept)
}

#[dag]
async fn many_async(end: usize) -> Vec<usize> {
    let mut kept = Vec::new();
    for n in count_up(end) {
        kept.push(keep_later(n).await);
    }
    identity(kept)
}

#[dag]
fn keep_nested(n: usize) -> usize {
    keep(keep(n))
}

#[dag]
fn many_nested(end: usize) -> Vec<usize> {
    identity(count_up(end).into_iter().map(keep_nested).collect())
}

#[test]
fn a_hundred_thousand_partitions() {
    const END: usize = 100_000;
    assert_ascending(&everywhere(&threads(8), || many_sync::call(END)), END);
    assert_ascending(&everywhere(&threads(8), || many_lazy::call(END)), END);
    assert_ascending(&everywhere(&threads(8), || many_borrowed::call(END)), END);
    assert_ascending(&everywhere(&threads(8), || many_async::call(END)), END);
}

#[test]
fn ten_thousand_nested_dags() {
    assert_ascending(&everywhere(&threads(8), || many_nested::call(10_000)), 10_000);
}

#[test]
fn no_partitions() {
    assert!(everywhere(&threads(2), || many_sync::call(0)).is_empty());
    assert!(everywhere(&threads(2), || many_lazy::call(0)).is_empty());
    assert!(everywhere(&threads(2), || many_borrowed::call(0)).is_empty());
    assert!(everywhere(&threads(2), || many_async::call(0)).is_empty());
    assert!(everywhere(&threads(2), || many_nested::call(0)).is_empty());
}

#[task]
fn check(n: usize) -> Result<usize, String> {
    if n < 1000 { Ok(n) } else { Err(format!("{n} is too large")) }
}

#[dag]
fn checked(end: usize) -> Result<Vec<usize>, String> {
    let numbers = count_up(end);
    let checked = numbers.iter().map(|n| check(*n)).collect::<Result<Vec<_>, _>>()?;
    Ok(identity(checked))
}

#[test]
fn no_partitions_that_could_fail() {
    assert!(everywhere(&threads(2), || checked::call(0)).is_empty());
    assert_ascending(&everywhere(&threads(2), || checked::call(1000)), 1000);
}

/// An iterator that goes on after it has ended once.
struct Unfused(usize);

impl Iterator for Unfused {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.0 += 1;
        (!self.0.is_multiple_of(100)).then_some(self.0 - 1)
    }
}

#[task]
fn count_unfused() -> impl Iterator<Item = usize> + Send {
    Unfused(0)
}

#[dag]
fn many_unfused() -> Vec<usize> {
    identity(count_unfused().into_iter().map(keep).collect())
}

#[test]
fn an_iterator_that_ended_is_not_asked_again() {
    let numbers = watched("an unfused iterator", || threads(4).run_blocking(many_unfused::call()));
    assert_ascending(&numbers.expect("the run succeeds"), 99);
}
