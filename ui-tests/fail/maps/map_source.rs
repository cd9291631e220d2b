//! `.enumerate()` between the output of a node and the loop over it.

use dagger::{dag, task};

#[task]
fn list_cities(count: usize) -> Vec<String> {
    vec!["Oslo".to_owned(); count]
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
    for (number, city) in list_cities(count).iter().enumerate() {
        lines.push(describe(number, city));
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
