//! `.zip(…)` between the output of a node and the map.

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
        list_cities(count)
            .into_iter()
            .zip(list_populations(count))
            .map(|(city, population)| describe(city, population))
            .collect(),
    )
}

#[dag]
fn weekly(count: usize) -> String {
    report(count)
}

fn main() {
    let _ = report(3);
    let _ = report::call(3).run_blocking();
    let _ = report::builder().count(3).call();
    let _ = report::dag();
    let _ = weekly::call(3);
}
