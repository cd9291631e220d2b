//! A map over all of a set, which is a parameter by reference.

use std::collections::BTreeSet;

use dagger::{dag, task};

#[task]
fn measure(city: &str) -> usize {
    city.len()
}

#[task]
fn sum(lengths: Vec<usize>) -> usize {
    lengths.into_iter().sum()
}

#[dag]
fn total_length(cities: &BTreeSet<String>) -> usize {
    sum(cities.into_iter().map(|city| measure(city)).collect())
}

#[dag]
fn weekly(cities: BTreeSet<String>) -> usize {
    total_length(&cities)
}

fn main() {
    let _ = total_length(&BTreeSet::new());
    let _ = total_length::call(BTreeSet::new()).run_blocking();
    let _ = total_length::builder().cities(BTreeSet::new()).call();
    let _ = total_length::dag();
    let _ = weekly::call(BTreeSet::new());
}
