//! A loop over the outputs of two nodes at once.

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
    for city in cities.into_iter().zip(populations) {
        lines.push(describe(city));
    }
    join(lines)
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
