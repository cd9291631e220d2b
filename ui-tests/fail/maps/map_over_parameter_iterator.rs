//! `.iter().map(…)` of a field of a parameter.

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
    sum(trip.cities.iter().map(|city| measure(city)).collect())
}

#[dag]
fn weekly(trip: Trip) -> usize {
    total_length(trip)
}

fn main() {
    let trip = || Trip { cities: Vec::new() };
    let _ = total_length(trip());
    let _ = total_length::call(trip()).run_blocking();
    let _ = total_length::builder().trip(trip()).call();
    let _ = total_length::dag();
    let _ = weekly::call(trip());
}
