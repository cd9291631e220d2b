//! A task returns the pairs, which a map takes apart.

use dagger::{dag, task};

#[task]
fn list_cities(count: usize) -> Vec<String> {
    vec!["Oslo".to_owned(); count]
}

#[task]
fn list_populations(count: usize) -> Vec<u64> {
    vec![700_000; count]
}

#[task]
fn pairs<A, B>(a: Vec<A>, b: Vec<B>) -> Vec<(A, B)> {
    a.into_iter().zip(b).collect()
}

#[task]
fn describe(city: String, population: u64) -> String {
    format!("{city}: {population}")
}

#[task]
fn join(lines: Vec<String>) -> String {
    lines.join("\n")
}

#[dag]
fn report(count: usize) -> String {
    join(
        pairs(list_cities(count), list_populations(count))
            .into_iter()
            .map(|(city, population)| describe(city, population))
            .collect(),
    )
}

pub fn main() {
    assert_eq!(report(1), "Oslo: 700000");
    assert_eq!(report::call(1).run_blocking().unwrap(), "Oslo: 700000");
}
