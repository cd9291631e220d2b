//! Every spelling in one file, free of warnings: `cargo clippy --workspace --all-targets` proves
//! that neither the attributes nor what they add to a program gives a lint reason to complain.
//!
//! Lints are denied for the whole file, and none is allowed anywhere in it.
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes,
    unused_lifetimes,
    unused_results,
    missing_debug_implementations,
    missing_copy_implementations,
    elided_lifetimes_in_paths,
    clippy::all,
    clippy::pedantic
)]

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use dagger::{dag, identity, task};
use futures::future::{join_all, try_join_all};

/// What a node returns in several parts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dataset {
    training: Vec<u64>,
    test: Vec<u64>,
    name: String,
}

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Params {
    depth: u64,
    rounds: u64,
}

const ROUNDS: u64 = 3;

mod steps {
    use dagger::{dag, task};

    #[task]
    pub(super) fn double(n: u64) -> u64 {
        2 * n
    }

    #[dag]
    pub(super) fn double_twice(n: u64) -> u64 {
        let once = double(n);
        double(once)
    }
}

#[task]
fn list(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn list_lazily(count: u64) -> impl Iterator<Item = u64> + Send {
    0..count
}

#[task]
fn list_boxed(count: u64) -> Box<dyn Iterator<Item = u64> + Send> {
    Box::new(0..count)
}

#[task(concurrency = 2)]
fn scale(n: u64, factor: u64) -> u64 {
    n * factor
}

#[task]
fn measure(text: &str) -> usize {
    text.len()
}

#[task]
fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

#[task]
fn sum_all(numbers: Vec<u64>) -> u64 {
    numbers.into_iter().sum()
}

#[task]
fn archive(n: u64) {
    drop(n.to_string());
}

#[task]
fn wait(time: Duration) -> u64 {
    time.as_secs()
}

#[task]
fn load(rows: u64, name: String) -> Dataset {
    let (training, test) = ((0..rows).collect(), (rows..rows + 2).collect());
    Dataset { training, test, name }
}

#[task]
fn train(training: Vec<u64>, params: Params) -> u64 {
    training.into_iter().sum::<u64>() * params.depth * params.rounds
}

#[task]
fn split(n: u64) -> (u64, String) {
    (n, n.to_string())
}

#[task]
fn index(numbers: Vec<u64>) -> BTreeMap<String, u64> {
    numbers.into_iter().map(|n| (n.to_string(), n)).collect()
}

#[task]
fn parse(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[task]
fn first_ok(results: Vec<Result<u64, io::Error>>) -> u64 {
    results.into_iter().find_map(Result::ok).unwrap_or_default()
}

#[task]
async fn fetch(n: u64) -> u64 {
    tokio::time::sleep(Duration::from_nanos(1)).await;
    n
}

#[task(concurrency = 4)]
async fn try_fetch(n: u64) -> Result<u64, io::Error> {
    tokio::time::sleep(Duration::from_nanos(1)).await;
    if n < 1_000 { Ok(n) } else { Err(io::Error::other("too large")) }
}

#[task(retry(limit = 2, backoff = "1ms..5ms"), timeout = "30s", label = format!("{name}-{n}"))]
fn check_once(name: &str, n: u64) -> Result<u64, std::num::ParseIntError> {
    format!("{n}{}", name.len()).parse()
}

#[task(retry(limit = 1), label = n)]
async fn fetch_labelled(n: u64) -> u64 {
    tokio::time::sleep(Duration::from_nanos(1)).await;
    n
}

#[task]
fn repeat<T: Clone>(value: &T, times: usize) -> Vec<T> {
    vec![value.clone(); times]
}

/// A loop that fills a `Vec`.
#[dag]
fn in_a_loop(count: u64, #[default(2)] factor: u64) -> u64 {
    let mut scaled = Vec::new();
    for n in list(count) {
        scaled.push(scale(n, factor));
    }
    sum(&scaled)
}

/// Loops that fill a `Vec` with a type, with a capacity, through a name, and none.
#[dag]
fn in_loops(count: u64) -> (u64, u64, u64) {
    let numbers = list(count);
    let mut first: Vec<u64> = Vec::new();
    for n in &numbers {
        first.push(scale(*n, 2));
    }
    let mut second = Vec::with_capacity(10);
    for n in numbers.iter().copied() {
        let scaled = scale(n, 3);
        second.push(scaled);
    }
    let mut third = vec![];
    for n in list_lazily(count) {
        third.push(steps::double(n));
    }
    for n in numbers {
        archive(n);
    }
    (sum(&first), sum(&second), sum(&third))
}

/// Maps in the iterator spelling.
#[dag]
fn in_chains(count: u64) -> (u64, u64, u64, Vec<u64>) {
    let numbers = list(count);
    let first = numbers.iter().map(|n| scale(*n, 2)).collect::<Vec<_>>();
    let second: Vec<u64> = numbers.into_iter().map(steps::double).collect();
    let third = list_boxed(count).map(|n| scale(n, ROUNDS)).collect();
    let joined = identity(list(count).into_iter().map(steps::double_twice).collect());
    (sum(&first), sum(&second), sum_all(third), joined)
}

/// Parameters by reference, which a run lends to its nodes.
#[dag]
fn by_reference(text: &str, numbers: &[u64]) -> (usize, u64) {
    (measure(text), sum(numbers))
}

/// Lends its parameters to another dag.
#[dag]
fn lending(text: String, numbers: Vec<u64>) -> (usize, u64, usize) {
    let (length, total) = by_reference(&text, &numbers);
    let kept = keep(text, numbers);
    (length, total, kept)
}

#[task]
fn keep(text: String, numbers: Vec<u64>) -> usize {
    text.into_bytes().into_iter().len() + numbers.into_iter().len()
}

/// Every kind of argument.
#[dag]
fn arguments(rows: u64, name: String, params: Params) -> (u64, u64, usize, u64, u64, u64, u64) {
    let data = load(rows + 1, name);
    let trained = train(data.training, Params { rounds: ROUNDS, ..params });
    let tested = sum(&data.test[..1]);
    let named = measure(&data.name);
    let waited = wait(Duration::from_secs(3));
    let (number, text) = split(rows);
    let measured = measure(&format!("{number}: {text}"));
    let indexed = index(vec![number, trained]);
    let copied = scale(indexed["3"], u64::max(number, 1));
    let repeated = repeat(&number, named);
    let gathered = sum(&[trained, tested, number]);
    archive(copied);
    (trained, tested, measured, waited, gathered, copied, sum_all(repeated))
}

/// `?`, `Ok(…)`, and a `Result` that flows on.
#[dag]
fn fallible(text: &str) -> Result<u64, std::num::ParseIntError> {
    let number = parse(text)?;
    let nested = in_a_loop(number, number);
    Ok(scale(nested, 2))
}

/// The `Result` of the last node, and an error that converts.
#[dag]
fn converted(text: &str) -> anyhow::Result<u64> {
    let number = fallible(text)?;
    Ok(steps::double(number))
}

/// `.await`, in a loop and outside.
#[dag]
async fn awaited(count: u64) -> u64 {
    let first = fetch(count).await;
    let mut fetched = Vec::new();
    for n in list(first) {
        fetched.push(fetch(n).await);
    }
    sum(&fetched)
}

/// `join_all`, `try_join_all`, `.await?`, and a `Result` that flows on.
#[dag]
async fn joined(count: u64) -> Result<(u64, u64, u64), io::Error> {
    let one = try_fetch(1).await?;
    let first = join_all(list(count).into_iter().map(fetch)).await;
    let second = try_join_all(list(count).into_iter().map(|n| try_fetch(n + one))).await?;
    let mut results = Vec::new();
    for n in list(count) {
        results.push(try_fetch(n).await);
    }
    Ok((sum(&first), sum_all(second), first_ok(results)))
}

/// Tasks with a label, that are called again, and have no more than so much time.
#[dag]
async fn attempted(name: &str, count: u64) -> Result<(u64, u64), std::num::ParseIntError> {
    let mut checked = Vec::new();
    for n in list(count) {
        checked.push(check_once(name, n)?);
    }
    let first = fetch_labelled(count).await;
    let fetched = join_all(list(first).into_iter().map(fetch_labelled)).await;
    Ok((sum(&checked), sum(&fetched)))
}

/// A dag that returns nothing, of dags that do.
#[dag]
async fn outer(#[default(2)] count: u64) {
    let result = awaited(count).await;
    archive(result);
    let results = joined(result).await;
    check(results.is_ok());
}

#[task]
fn check(ok: bool) {
    assert!(ok);
}

#[test]
fn sync_dags_give_what_their_functions_give() {
    let params = Params { depth: 2, rounds: 1 };
    assert_eq!(in_a_loop(4, 2), 12);
    assert_eq!(in_a_loop::builder().count(4).call().run_blocking().unwrap(), 12);
    assert_eq!(in_loops::call(4).run_blocking().unwrap(), in_loops(4));
    assert_eq!(in_chains::call(4).run_blocking().unwrap(), in_chains(4));
    let name = || "set".to_owned();
    let called = arguments::call(3, name(), params).run_blocking().unwrap();
    assert_eq!(called, arguments(3, name(), params));
}

#[test]
fn fallible_dags_give_what_their_functions_give() {
    assert_eq!(converted("3").unwrap(), 36);
    assert_eq!(converted::call("3").run_blocking().unwrap(), 36);
    assert!(fallible::call("x").run_blocking().is_err());
}

#[tokio::test]
async fn async_dags_give_what_their_functions_give() {
    assert_eq!(awaited::call(3).await.unwrap(), awaited(3).await);
    assert_eq!(joined::call(3).await.unwrap(), joined(3).await.unwrap());
    outer::builder().call().await.unwrap();
    assert_eq!(outer::dag().nodes().len(), 4);
}

#[tokio::test]
async fn attempts_give_what_the_functions_give() {
    assert_eq!(attempted::call("xy", 3).await.unwrap(), (36, 3));
    assert_eq!(attempted("xy", 3).await, Ok((36, 3)));
}

#[tokio::test]
async fn what_is_borrowed_is_lent() {
    let (text, numbers) = ("text".to_owned(), vec![1, 2]);
    assert_eq!(by_reference(&text, &numbers), (4, 3));
    assert_eq!(lending::call(text, numbers).await.unwrap(), (4, 3, 6));
}
