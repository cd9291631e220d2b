//! A part by value and the whole in one call, other parts later. A stray semicolon is nothing.

use dagger::{dag, task};

pub struct Data {
    rows: u64,
    training: Vec<u64>,
    test: Vec<u64>,
}

#[task]
fn load(rows: u64) -> Data {
    Data { rows, training: vec![1, 2], test: vec![3] }
}

#[task]
fn fit(rows: u64, data: &Data) -> u64 {
    rows + data.training.len() as u64
}

#[task]
fn score(model: u64, test: Vec<u64>) -> u64 {
    model + test.into_iter().sum::<u64>()
}

#[dag]
#[allow(redundant_semicolons, reason = "that is what is tried")]
fn process(rows: u64) -> u64 {
    let data = load(rows);;
    let model = fit(data.rows, &data);
    score(model, data.test)
}

pub fn main() {
    assert_eq!(process(3), 8);
    assert_eq!(process::call(3).run_blocking().unwrap(), 8);
}
