//! What a parameter by reference holds comes through `identity` as a copy, and is borrowed.

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
fn total_length(cities: &[String]) -> usize {
    let mut lengths = Vec::new();
    for city in &dagger::identity(cities.to_vec()) {
        lengths.push(measure(city));
    }
    sum(lengths)
}

pub fn main() {
    let cities = || vec!["Oslo".to_owned(), "Bergen".to_owned()];
    assert_eq!(total_length(&cities()), 10);
    assert_eq!(total_length::call(cities()).run_blocking().unwrap(), 10);
}
