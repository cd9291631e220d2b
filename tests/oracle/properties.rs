//! Fixed DAGs with random inputs.

use std::collections::BTreeMap;

use dagger::{dag, task};
use futures::future::join_all;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use tokio::task::yield_now;

use crate::support::{law, law_async, record};

#[task]
fn raise(n: u64, exponent: u32) -> u64 {
    record!("raise", n, exponent);
    n.wrapping_pow(exponent)
}

/// Depends on the order of what it reduces.
#[task]
fn reduce(numbers: Vec<u64>) -> u64 {
    record!("reduce", numbers);
    numbers.iter().fold(17, |hash, n| hash.wrapping_mul(31).wrapping_add(*n))
}

#[dag]
fn map_reduce(numbers: Vec<u64>, #[default(2)] exponent: u32) -> u64 {
    let mut raised = Vec::new();
    for n in dagger::identity(numbers) {
        raised.push(raise(n, exponent));
    }
    reduce(raised)
}

#[task]
fn parse(text: &str) -> Result<u64, String> {
    record!("parse", text);
    u64::from_str_radix(text, 16).map_err(|error| error.to_string())
}

#[dag]
fn parse_all(texts: Vec<String>) -> Result<u64, String> {
    let texts = dagger::identity(texts);
    let numbers = texts.iter().map(|text| parse(text)).collect::<Result<Vec<_>, _>>()?;
    Ok(reduce(numbers))
}

#[task]
fn sum_of_good(numbers: Vec<Result<u64, String>>, texts: Vec<String>) -> (u64, usize) {
    record!("sum_of_good", numbers, texts);
    let good: Vec<u64> = numbers.into_iter().flatten().collect();
    (good.iter().sum(), texts.len() - good.len())
}

#[dag]
fn parse_some(texts: Vec<String>) -> (u64, usize) {
    let texts = dagger::identity(texts);
    let mut numbers = Vec::new();
    for text in &texts {
        numbers.push(parse(text));
    }
    sum_of_good(numbers, texts)
}

#[dag]
fn reduce_rows(rows: Vec<Vec<u64>>, exponent: u32) -> u64 {
    let mut reduced = Vec::new();
    for row in dagger::identity(rows) {
        reduced.push(map_reduce(row, exponent));
    }
    reduce(reduced)
}

#[task]
fn weigh(key: &str, numbers: &[u64], total: usize) -> String {
    record!("weigh", key, numbers, total);
    format!("{key}: {} of {total}", numbers.len())
}

#[task]
fn list(lines: Vec<String>, groups: BTreeMap<String, Vec<u64>>) -> String {
    record!("list", lines, groups);
    format!("{} groups: {}", groups.len(), lines.join(", "))
}

#[dag]
fn weigh_groups(groups: BTreeMap<String, Vec<u64>>) -> String {
    let groups = dagger::identity(groups);
    let mut lines = Vec::new();
    for (key, numbers) in &groups {
        lines.push(weigh(key, numbers, groups.len()));
    }
    list(lines, groups)
}

#[task]
async fn fetch(n: u64, offset: &u64) -> u64 {
    record!("fetch", n, offset);
    for _ in 0..n % 5 {
        yield_now().await;
    }
    n.wrapping_add(*offset)
}

#[dag]
async fn fetch_all(numbers: Vec<u64>, offset: u64) -> u64 {
    let numbers = dagger::identity(numbers);
    let offset = raise(offset, 1);
    let fetched = join_all(numbers.into_iter().map(|n| fetch(n, &offset))).await;
    reduce(fetched)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_partitions(numbers in vec(any::<u64>(), 0..40), exponent in 0..5_u32) {
        law!([map_reduce], (numbers.clone(), exponent));
    }

    #[test]
    fn failing_or_not(texts in vec("[0-9a-f]{1,3}|[0-9a-g]", 0..12)) {
        law!([parse_all], (texts.clone()));
    }

    #[test]
    fn failures_as_values(texts in vec("[0-9a-h]{0,3}", 0..24)) {
        law!([parse_some], (texts.clone()));
    }

    #[test]
    fn any_rows(rows in vec(vec(any::<u64>(), 0..6), 0..8), exponent in 0..3_u32) {
        law!([reduce_rows], (rows.clone(), exponent));
    }

    #[test]
    fn any_groups(groups in btree_map("[a-z]{0,4}", vec(any::<u64>(), 0..4), 0..12)) {
        law!([weigh_groups], (groups.clone()));
    }

    #[test]
    fn any_order_of_completion(numbers in vec(any::<u64>(), 0..40), offset in any::<u64>()) {
        law_async!([fetch_all], (numbers.clone(), offset));
    }
}
