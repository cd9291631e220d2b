//! Dags with what an engine has to be told: options of tasks, many partitions, names that mean something to
//! it.

use std::time::Duration;

use dagger::{dag, identity, task};

use crate::{Case, case};

/// Numbers from 0 on.
#[task]
fn numbers(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn square(n: u64) -> u64 {
    n * n
}

#[dag]
fn squares(count: u64) -> Vec<u64> {
    let mut all = Vec::new();
    for n in numbers(count) {
        all.push(square(n));
    }
    identity(all)
}

#[task(argo(batch = 300))]
fn cube(n: u64, by: &[u64]) -> u64 {
    n * n * by[0]
}

#[dag]
fn cubes(count: u64, by: Vec<u64>) -> Vec<u64> {
    let mut all = Vec::new();
    for n in numbers(count) {
        all.push(cube(n, &by));
    }
    identity(all)
}

#[task(
    retry(limit = 3, backoff = "100ms..10s"),
    timeout = "90s",
    argo(
        container = { "resources": { "requests": { "memory": "1Gi" } }, "env": [{ "name": "A", "value": "b" }] },
        template = { "nodeSelector": { "disk": "ssd" }, "tolerations": [] },
        task = { "when": "'a' == 'a'" },
    ),
)]
fn train(n: u64) -> Result<u64, String> {
    Ok(n + 1)
}

#[task(retry(limit = 2), argo(batch = 2))]
fn measure(n: u64) -> Result<u64, String> {
    Ok(10 * n)
}

#[dag]
fn options(count: u64) -> Result<Vec<u64>, String> {
    let trained = train(count)?;
    let mut all = Vec::new();
    for n in numbers(trained) {
        all.push(measure(n)?);
    }
    Ok(identity(all))
}

#[task(timeout = "1500ms", argo(batch = 3))]
fn slow(n: u64) -> u64 {
    std::thread::sleep(Duration::from_millis(n));
    n
}

#[dag]
fn in_time(count: u64) -> Vec<u64> {
    identity(numbers(count).into_iter().map(slow).collect())
}

#[task]
fn not(n: u64) -> u64 {
    !n
}

#[task]
fn contains(n: u64) -> u64 {
    n
}

#[task]
fn end(n: u64) -> u64 {
    n + 1
}

#[dag]
fn words_of_expressions(n: u64) -> (u64, u64) {
    let a = not(contains(n));
    let b = end(a);
    (a, b)
}

#[dag]
fn squares_of(count: u64) -> Vec<u64> {
    squares(count)
}

#[dag]
fn squares_of_each(count: u64) -> Vec<Vec<u64>> {
    let mut all = Vec::new();
    for n in numbers(count) {
        all.push(squares(n));
    }
    identity(all)
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!(squares as "squares_of_none", (count = 0), squares(0)),
        case!(squares as "squares_of_one", (count = 1), squares(1)),
        case!(squares as "squares_of_ten", (count = 10), squares(10)),
        case!(squares as "squares_of_eleven", (count = 11), squares(11)),
        case!(cubes as "cubes_of_a_thousand", (count = 1000, by = [7]), cubes(1000, vec![7])),
        case!(options as "options", (count = 4), options(4).expect("nothing fails")),
        case!(in_time(count = 4)),
        case!(words_of_expressions(n = 4)),
        case!(squares_of(count = 3)),
        case!(squares_of_each(count = 3)),
    ]
}
