//! Maps of every spelling and size.

use std::collections::{BTreeMap, BTreeSet};

use dagger::{dag, identity, task};

use super::basics::{add, double};
use crate::{Case, case, ready};

#[task]
fn numbers(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn sum(numbers: Vec<u64>) -> u64 {
    numbers.iter().sum()
}

#[task]
fn joined(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

#[task]
fn scale(n: u64, by: u64) -> u64 {
    n * by
}

#[dag]
fn map_reduce(count: u64, #[default(3)] by: u64) -> String {
    let mut scaled = Vec::new();
    for n in numbers(count) {
        scaled.push(scale(n, by));
    }
    joined(&scaled)
}

#[dag]
fn one_line(count: u64) -> u64 {
    sum(numbers(count).into_iter().map(double).collect())
}

#[task]
fn lazily(count: u64) -> impl Iterator<Item = u64> + Send {
    (0..count).map(|n| n * n)
}

#[dag]
fn lazy(count: u64) -> u64 {
    let mut all = Vec::new();
    for n in lazily(count) {
        all.push(double(n));
    }
    sum(all)
}

#[dag]
fn borrowed(count: u64) -> String {
    let all = numbers(count);
    let mut scaled = Vec::new();
    for n in &all {
        scaled.push(scale(*n, 2));
    }
    label(&all, &scaled)
}

#[task]
fn label(all: &[u64], scaled: &[u64]) -> String {
    format!("{all:?} {scaled:?}")
}

#[dag]
fn borrowed_only(count: u64) -> u64 {
    let all = numbers(count);
    sum(all.iter().copied().map(double).collect())
}

#[dag]
fn twice_over(count: u64) -> u64 {
    let all = numbers(count);
    let doubled = all.iter().copied().map(double).collect();
    let mut scaled = Vec::new();
    for n in all {
        scaled.push(scale(n, 3));
    }
    let one = sum(doubled);
    let other = sum(scaled);
    add(one, other)
}

#[task]
fn words(text: &str) -> BTreeMap<String, u64> {
    let mut words = BTreeMap::new();
    text.split_whitespace().for_each(|word| *words.entry(word.to_owned()).or_default() += 1);
    words
}

#[task]
fn describe(word: String, count: u64) -> String {
    format!("{word}={count}")
}

#[task]
fn describe_ref(word: &str, count: &u64) -> String {
    format!("{word}:{count}")
}

#[task]
fn lines(lines: Vec<String>) -> String {
    lines.join("\n")
}

#[dag]
fn pairs(text: &str) -> String {
    let mut all = Vec::new();
    for (word, count) in words(text) {
        all.push(describe(word, count));
    }
    lines(all)
}

#[dag]
fn borrowed_pairs(text: &str) -> String {
    let counted = words(text);
    let mut all = Vec::new();
    for (word, count) in &counted {
        all.push(describe_ref(word, count));
    }
    lines(all)
}

#[task]
fn sizes(numbers: BTreeSet<u64>) -> usize {
    numbers.len()
}

#[task]
fn halve(n: u64) -> u64 {
    n / 2
}

#[dag]
fn into_a_set(count: u64) -> usize {
    let halves: BTreeSet<u64> = numbers(count).into_iter().map(halve).collect();
    sizes(halves)
}

#[task]
async fn fetch(n: u64, by: &str) -> String {
    format!("{by}{n}")
}

#[dag]
async fn async_map(count: u64, by: &str) -> String {
    let mut all = Vec::new();
    for n in numbers(count) {
        all.push(fetch(n, by).await);
    }
    lines(all)
}

#[dag]
fn unread(count: u64) -> u64 {
    for n in numbers(count) {
        double(n);
    }
    identity(count)
}

#[dag]
fn blind(count: u64) -> u64 {
    let mut all = Vec::new();
    for _ in numbers(count) {
        all.push(identity(count));
    }
    sum(all)
}

#[task]
fn load(count: u64) -> (Vec<u64>, u64) {
    ((0..count).collect(), count)
}

#[dag]
fn over_a_part(count: u64) -> String {
    let (rows, more) = load(count);
    let mut all = Vec::new();
    for n in rows {
        all.push(scale(n, more));
    }
    joined(&all)
}

/// Rows, and what else there is.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Data {
    rows: Vec<u64>,
    by: u64,
}

#[task]
fn data(count: u64) -> Data {
    Data { rows: (0..count).collect(), by: 5 }
}

#[dag]
fn over_a_field(count: u64) -> String {
    let data = data(count);
    let mut all = Vec::new();
    for n in &data.rows {
        all.push(scale(*n, data.by));
    }
    joined(&all)
}

#[dag]
fn over_a_moved_field(count: u64) -> String {
    let data = data(count);
    let mut all = Vec::new();
    for n in data.rows {
        all.push(scale(n, data.by));
    }
    joined(&all)
}

#[dag]
fn map_with_the_whole(count: u64) -> String {
    let all = numbers(count);
    let mut joined_up = Vec::new();
    for n in &all {
        joined_up.push(position(*n, &all));
    }
    joined(&joined_up)
}

#[task]
fn position(n: u64, all: &[u64]) -> u64 {
    all.iter().rev().position(|other| *other == n).unwrap_or_default() as u64
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!(map_reduce as "map_of_none", (count = 0), map_reduce(0, 3)),
        case!(map_reduce as "map_of_1", (count = 1), map_reduce(1, 3)),
        case!(map_reduce as "map_of_10", (count = 10, by = 2), map_reduce(10, 2)),
        case!(map_reduce as "map_of_11", (count = 11), map_reduce(11, 3)),
        case!(map_reduce as "map_of_1000", (count = 1000), map_reduce(1000, 3)),
        case!(one_line(count = 12)),
        case!(lazy(count = 12)),
        case!(lazy as "lazy_of_none", (count = 0), lazy(0)),
        case!(borrowed(count = 11)),
        case!(borrowed as "borrowed_of_none", (count = 0), borrowed(0)),
        case!(borrowed_only(count = 3)),
        case!(twice_over(count = 3)),
        case!(pairs as "pairs", (text = "a b a c"), pairs("a b a c")),
        case!(borrowed_pairs as "borrowed_pairs", (text = "a b a"), borrowed_pairs("a b a")),
        case!(into_a_set(count = 12)),
        case!(async_map as "async_map", (count = 11, by = "n"), ready(async_map(11, "n"))),
        case!(unread(count = 3)),
        case!(blind(count = 3)),
        case!(over_a_part(count = 11)),
        case!(over_a_field(count = 4)),
        case!(over_a_moved_field(count = 4)),
        case!(map_with_the_whole(count = 4)),
    ]
}
