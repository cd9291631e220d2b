//! Two nodes for each partition that do not depend on each other.

use dagger::{dag, task};

#[task]
fn list_countries(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task]
fn train(country: u64) -> u64 {
    country * 2
}

#[task]
fn notify(country: u64) {
    let _ = country;
}

#[task]
fn report(models: Vec<u64>) -> usize {
    models.len()
}

#[dag]
fn train_all(count: u64) -> usize {
    let mut models = Vec::new();
    for country in list_countries(count) {
        models.push(train(country));
        notify(country);
    }
    report(models)
}

#[dag]
fn weekly(count: u64) -> usize {
    train_all(count)
}

fn main() {
    let _ = train_all(3);
    let _ = train_all::call(3).run_blocking();
    let _ = train_all::builder().count(3).call();
    let _ = train_all::dag();
    let _ = weekly::call(3);
}
