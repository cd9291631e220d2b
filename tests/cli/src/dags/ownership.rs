//! Values that are shared, moved, cloned and taken apart.

use dagger::{dag, identity, task};
use serde::{Deserialize, Serialize};

use crate::{Case, case};

/// Two parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    training: Vec<f64>,
    test: Vec<f64>,
    meta: Meta,
}

/// More parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    name: String,
    size: u64,
}

#[task]
fn load(n: u32) -> Data {
    let meta = Meta { name: format!("n{n}"), size: u64::from(n) };
    Data { training: vec![f64::from(n), 0.5], test: vec![1.5], meta }
}

#[task]
fn train(rows: Vec<f64>) -> f64 {
    rows.iter().sum()
}

#[task]
fn grade(model: f64, rows: &[f64]) -> f64 {
    model + rows[0]
}

#[task]
fn name_of(meta: &Meta, score: f64) -> String {
    format!("{}: {score}", meta.name)
}

#[task]
fn shape(data: &Data) -> usize {
    data.training.len() + data.test.len()
}

#[dag]
fn moved_fields(n: u32) -> f64 {
    let data = load(n);
    let model = train(data.training);
    grade(model, &data.test)
}

#[dag]
fn whole_then_parts(n: u32) -> String {
    let data = load(n);
    let size = shape(&data);
    let model = train(data.training);
    let score = grade(model + size as f64, &data.test);
    name_of(&data.meta, score)
}

#[dag]
fn parts_of_parts(n: u32) -> String {
    let data = load(n);
    let name = identity(data.meta.name);
    let size = identity(data.meta.size);
    both(name, size)
}

#[task]
fn both(name: String, size: u64) -> String {
    format!("{name} {size}")
}

#[dag]
fn parts_of_a_parameter(data: Data) -> f64 {
    let model = train(data.training);
    grade(model, &data.test)
}

#[dag]
fn cloned(n: u32) -> f64 {
    let data = load(n);
    let a = train(data.training.clone());
    let b = train(data.clone().test);
    let size = shape(&data);
    grade(a + b + size as f64, &[1.0])
}

#[task]
fn table(n: u64) -> std::collections::BTreeMap<String, u64> {
    std::collections::BTreeMap::from([("key".to_owned(), n)])
}

#[dag]
fn indexed(n: u64) -> u64 {
    let table = table(n);
    identity(table["key"])
}

#[task]
fn tail(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

#[dag]
fn sliced(numbers: Vec<u64>) -> u64 {
    let numbers = identity(numbers);
    let a = tail(&numbers[1..]);
    tail(&[a, numbers[0]])
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        case!(moved_fields(n = 3)),
        case!(whole_then_parts(n = 3)),
        case!(parts_of_parts(n = 3)),
        case!(parts_of_a_parameter(data = load(3))),
        case!(cloned(n = 3)),
        case!(indexed(n = 3)),
        case!(sliced(numbers = vec![1, 2, 3])),
    ]
}
