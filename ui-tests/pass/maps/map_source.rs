//! A task between the two numbers the partitions.

use dagger::{dag, task};

#[task]
fn list_cities(count: usize) -> Vec<String> {
    vec!["Oslo".to_owned(); count]
}

#[task]
fn enumerated(partitions: Vec<String>) -> Vec<(usize, String)> {
    partitions.into_iter().enumerate().collect()
}

#[task]
fn describe(number: usize, city: &str) -> String {
    format!("{number}: {city}")
}

#[task]
fn join(lines: Vec<String>) -> String {
    lines.join("\n")
}

#[dag]
fn report(count: usize) -> String {
    let mut lines = Vec::new();
    for (number, city) in enumerated(list_cities(count)) {
        lines.push(describe(number, &city));
    }
    join(lines)
}

pub fn main() {
    assert_eq!(report(2), "0: Oslo\n1: Oslo");
    assert_eq!(report::call(2).run_blocking().unwrap(), "0: Oslo\n1: Oslo");
}
