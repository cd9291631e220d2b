//! A dag of each shape.

use dagger::{Dag, dag, identity, task};

use crate::journal::done;

#[task]
fn begin(n: u64) -> u64 {
    done("begin", || n + 1)
}

#[task]
fn double(n: u64) -> u64 {
    done(&format!("double {n}"), || 2 * n)
}

#[task]
fn add(a: u64, b: u64) -> u64 {
    done(&format!("add {a} {b}"), || a + b)
}

#[task]
fn numbers(count: u64) -> Vec<u64> {
    done("numbers", || (0..count).collect())
}

#[task]
fn sum(numbers: Vec<u64>) -> u64 {
    done("sum", || numbers.iter().sum())
}

#[task]
fn scale(n: u64, by: u64) -> u64 {
    done(&format!("scale {n}"), || n * by)
}

#[task]
async fn wait(n: u64) -> u64 {
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    done(&format!("wait {n}"), || n)
}

#[task]
fn lazily(count: u64) -> impl Iterator<Item = u64> + Send + use<> {
    done("lazily", || 0..count)
}

/// One after another.
#[dag]
pub fn chain(n: u64) -> u64 {
    let n = begin(n);
    let n = double(n);
    let n = double(n);
    add(n, 1)
}

/// Each partition, and their sum.
#[dag]
pub fn fan_out(n: u64) -> u64 {
    let by = begin(n);
    let mut scaled = Vec::new();
    for number in numbers(n) {
        scaled.push(scale(number, by));
    }
    sum(scaled)
}

/// A dag for each partition, which has partitions itself.
#[dag]
pub fn nested_fan_out(n: u64) -> u64 {
    let by = begin(1);
    let mut sums = Vec::new();
    for number in numbers(n) {
        sums.push(inner(number, by));
    }
    sum(sums)
}

#[dag]
fn inner(n: u64, by: u64) -> u64 {
    let doubled = double(n);
    let mut scaled = Vec::new();
    for number in numbers(2) {
        scaled.push(scale(number, by));
    }
    let all = sum(scaled);
    add(doubled, all)
}

/// Two ways that meet.
#[dag]
pub fn diamond(n: u64) -> u64 {
    let top = begin(n);
    let left = double(top);
    let right = scale(top, 3);
    add(left, right)
}

/// Async tasks, over partitions that come lazily.
#[dag]
pub async fn waiting(n: u64) -> Vec<u64> {
    let mut all = Vec::new();
    for number in lazily(n) {
        all.push(wait(number).await);
    }
    identity(all)
}

#[task]
fn hold(n: u64) -> u64 {
    println!("begun");
    // Until whoever started the process lets it go.
    std::io::stdin().lines().for_each(drop);
    n
}

/// Holds its checkpoint until its standard input ends.
#[dag]
pub fn holding(n: u64) -> u64 {
    hold(n)
}

/// The dag of this name.
pub fn dag_of(name: &str) -> Option<Dag> {
    if let Some(seed) = name.strip_prefix("random:") {
        return Some(crate::random::dag(seed.parse().ok()?));
    }
    Some(match name {
        "chain" => chain::dag(),
        "fan-out" => fan_out::dag(),
        "nested-fan-out" => nested_fan_out::dag(),
        "diamond" => diamond::dag(),
        "waiting" => waiting::dag(),
        "holding" => holding::dag(),
        _ => return None,
    })
}
