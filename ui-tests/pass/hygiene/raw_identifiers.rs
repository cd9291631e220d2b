//! Keywords as the names of tasks, dags, parameters, locals and fields.

use dagger::{dag, task};

#[derive(Clone)]
struct Pair {
    r#type: u64,
    r#match: u64,
}

#[task]
fn r#type(r#in: u64) -> Pair {
    Pair { r#type: r#in, r#match: 1 }
}

#[task]
fn r#try(r#fn: u64, r#mod: u64) -> u64 {
    r#fn + r#mod
}

#[task]
fn list(r#loop: u64) -> Vec<u64> {
    (0..r#loop).collect()
}

#[task]
fn sum(numbers: Vec<u64>) -> u64 {
    numbers.into_iter().sum()
}

#[dag]
fn r#impl(#[default(2)] r#for: u64, r#while: u64) -> u64 {
    let r#let = r#type(r#for);
    let mut r#box = Vec::new();
    for r#ref in list(r#while) {
        r#box.push(r#try(r#ref, r#let.r#match));
    }
    let r#use = sum(r#box);
    r#try(r#use, r#let.r#type)
}

#[dag]
fn outer(r#while: u64) -> u64 {
    self::r#impl(1, r#while)
}

pub fn main() {
    assert_eq!(r#impl::builder().r#while(3).call().run_blocking().unwrap(), 8);
    assert_eq!(outer::call(3).run_blocking().unwrap(), 7);
    assert_eq!(outer::dag().nodes()[0].name, "impl");
}
