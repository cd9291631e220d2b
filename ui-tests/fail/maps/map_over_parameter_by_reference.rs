//! A loop over a parameter by reference.

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
    for city in cities {
        lengths.push(measure(city));
    }
    sum(lengths)
}

#[dag]
fn weekly(cities: Vec<String>) -> usize {
    total_length(&cities)
}

fn main() {
    let _ = total_length(&[]);
    let _ = total_length::call(Vec::new()).run_blocking();
    let _ = total_length::builder().cities(Vec::new()).call();
    let _ = total_length::dag();
    let _ = weekly::call(Vec::new());
}
