//! Dags in dags, alone and for each partition.

use dagger::{dag, identity, task};

use super::basics::{add, double};
use crate::{Case, case, ready};

#[dag]
fn inner(n: u64, by: u64) -> u64 {
    let twice = double(n);
    add(twice, by)
}

#[dag]
fn outer(n: u64) -> u64 {
    let a = inner(n, n + 1);
    double(a)
}

#[dag]
fn innermost(n: u64, #[default(1)] by: u64) -> u64 {
    let one = inner(n, by);
    let other = inner(one, 2);
    add(one, other)
}

#[dag]
fn thrice(n: u64) -> u64 {
    let m = innermost(n, n);
    outer(m)
}

#[task]
fn cohorts(count: u64) -> Vec<String> {
    (0..count).map(|n| format!("cohort {n}")).collect()
}

#[task]
fn products(cohort: &str) -> Vec<String> {
    ["tea", "coffee", "milk"].iter().map(|product| format!("{product} ({cohort})")).collect()
}

#[task]
fn score(cohort: &str, product: &str) -> usize {
    cohort.len() * product.len()
}

#[task]
fn rating(cohort: String, product: String, score: usize) -> String {
    format!("{cohort}/{product}: {score}")
}

#[dag]
fn rate(cohort: String, product: String) -> String {
    let score = score(&cohort, &product);
    rating(cohort, product, score)
}

#[dag]
fn rate_products(cohort: String) -> Vec<String> {
    let mut ratings = Vec::new();
    for product in products(&cohort) {
        ratings.push(rate(cohort.clone(), product));
    }
    identity(ratings)
}

#[dag]
fn rate_all(count: u64) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for cohort in cohorts(count) {
        all.push(rate_products(cohort));
    }
    identity(all)
}

#[task]
fn text(n: u64) -> String {
    "x".repeat(usize::try_from(n).unwrap_or_default())
}

#[dag]
fn length(text: &str, more: &[u64]) -> u64 {
    let counted = count(text);
    add(counted, more[0])
}

#[task]
fn count(text: &str) -> u64 {
    text.len() as u64
}

#[task]
fn list(n: u64) -> Vec<u64> {
    vec![n, n + 1]
}

#[dag]
fn lent(n: u64) -> u64 {
    let text = text(n);
    let list = list(n);
    let one = length(&text, &list);
    let other = length("abc", &list[1..]);
    add(one, other)
}

#[dag]
fn two_outputs(n: u64) -> (u64, Vec<u64>) {
    let twice = double(n);
    let all = list(n);
    (twice, all)
}

#[dag]
fn parts_of_a_dag(n: u64) -> u64 {
    let (twice, all) = two_outputs(n);
    let mut sums = Vec::new();
    for one in all {
        sums.push(add(one, twice));
    }
    total(sums)
}

#[task]
fn total(numbers: Vec<u64>) -> u64 {
    numbers.iter().sum()
}

#[task]
async fn later(n: u64) -> u64 {
    n + 1
}

#[dag]
async fn later_twice(n: u64) -> u64 {
    let n = later(n).await;
    later(n).await
}

#[dag]
async fn async_nested(n: u64) -> u64 {
    let mut all = Vec::new();
    for one in list(n) {
        all.push(later_twice(one).await);
    }
    let sum = total(all);
    later_twice(sum + 1).await
}

#[dag]
fn inner_empty(n: u64) -> u64 {
    let mut all = Vec::new();
    for one in none(n) {
        all.push(double(one));
    }
    total(all)
}

#[task]
fn none(_n: u64) -> Vec<u64> {
    Vec::new()
}

#[dag]
fn map_of_empty_maps(n: u64) -> u64 {
    let mut all = Vec::new();
    for one in list(n) {
        all.push(inner_empty(one));
    }
    total(all)
}

#[task]
fn note(_n: u64) {}

#[dag]
fn noted(n: u64) {
    note(n);
}

#[task]
fn then(_done: (), n: u64) -> u64 {
    n
}

#[dag]
fn nothing_inside(n: u64) -> u64 {
    let done = noted(n);
    then(done, n)
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!(outer(n = 3)),
        case!(thrice(n = 3)),
        case!(rate_all(count = 3)),
        case!(rate_all as "rate_none", (count = 0), rate_all(0)),
        case!(lent(n = 3)),
        case!(parts_of_a_dag(n = 3)),
        case!(async_nested as "async_nested", (n = 3), ready(async_nested(3))),
        case!(map_of_empty_maps(n = 3)),
        case!(nothing_inside(n = 3)),
    ]
}
