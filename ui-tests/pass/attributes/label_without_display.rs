//! A label of a type that is no text.

use dagger::{dag, task};

#[derive(Debug, Clone, Copy)]
struct City(u64);

#[task(label = city.0)]
fn population(city: City) -> u64 {
    assert!(city.0 > 0, "no such city");
    city.0
}

#[task(label = format!("{city:?}"))]
fn area(city: City) -> u64 {
    assert!(city.0 < 9, "no such city");
    city.0
}

#[task]
fn density(population: u64, area: u64) -> u64 {
    population / area
}

#[dag]
fn process(city: City) -> u64 {
    let population = population(city);
    let area = area(city);
    density(population, area)
}

pub fn main() {
    assert_eq!(process::call(City(3)).run_blocking().unwrap(), 1);
    assert_eq!(process::call(City(0)).run_blocking().unwrap_err().label(), Some("0"));
    assert_eq!(process::call(City(9)).run_blocking().unwrap_err().label(), Some("City(9)"));
}
