//! Both nodes of a partition in a dag of their own.

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
fn train_and_notify(country: u64) -> u64 {
    let result = train(country);
    notify(country);
    result
}

#[dag]
fn train_all(count: u64) -> usize {
    let mut models = Vec::new();
    for country in list_countries(count) {
        models.push(train_and_notify(country));
    }
    report(models)
}

pub fn main() {
    assert_eq!(train_all(3), 3);
    assert_eq!(train_all::call(3).run_blocking().unwrap(), 3);
}
