//! A label of a type that is no text.

use dagger::{dag, task};

#[derive(Clone, Copy)]
struct City(u64);

#[task(label = city)]
fn population(city: City) -> u64 {
    city.0
}

#[dag]
fn process(city: City) -> u64 {
    population(city)
}

fn main() {
    let _ = population(City(3));
    let _ = process(City(3));
    let _ = process::call(City(3)).run_blocking();
}
