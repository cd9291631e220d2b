//! A copy of the set comes through `identity`, and is borrowed.

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
    sum(dagger::identity(cities.clone()).iter().map(|city| measure(city)).collect())
}

pub fn main() {
    let cities = || BTreeSet::from(["Oslo".to_owned(), "Bergen".to_owned()]);
    assert_eq!(total_length(&cities()), 10);
    assert_eq!(total_length::call(cities()).run_blocking().unwrap(), 10);
}
