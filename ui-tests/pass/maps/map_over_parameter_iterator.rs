//! The field of a parameter comes through `identity`, and is mapped by reference.

use dagger::{dag, task};

struct Trip {
    cities: Vec<String>,
}

#[task]
fn measure(city: &str) -> usize {
    city.len()
}

#[task]
fn sum(lengths: Vec<usize>) -> usize {
    lengths.into_iter().sum()
}

#[dag]
fn total_length(trip: Trip) -> usize {
    sum(dagger::identity(trip.cities).iter().map(|city| measure(city)).collect())
}

pub fn main() {
    let trip = || Trip { cities: vec!["Oslo".to_owned(), "Bergen".to_owned()] };
    assert_eq!(total_length(trip()), 10);
    assert_eq!(total_length::call(trip()).run_blocking().unwrap(), 10);
}
