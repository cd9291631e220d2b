//! A task returns the pairs, and the loop is over its output.

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
fn describe(city: (String, u64)) -> String {
    format!("{}: {}", city.0, city.1)
}

#[task]
fn join(lines: Vec<String>) -> String {
    lines.join("\n")
}

#[dag]
fn report(count: usize) -> String {
    let cities = list_cities(count);
    let populations = list_populations(count);
    let mut lines = Vec::new();
    for city in pairs(cities, populations) {
        lines.push(describe(city));
    }
    join(lines)
}

pub fn main() {
    assert_eq!(report(2), "Oslo: 700000\nOslo: 700000");
    assert_eq!(report::call(2).run_blocking().unwrap(), report(2));
}
