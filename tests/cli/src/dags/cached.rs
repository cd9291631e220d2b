//! Tasks whose results a cache keeps.

use dagger::{dag, identity, task};

use crate::{Case, case};

#[task]
fn numbers(count: u64) -> Vec<u64> {
    (0..count).collect()
}

#[task(cache)]
fn power(number: u64, exponent: u32) -> u64 {
    number.pow(exponent)
}

#[task(cache, version = 2)]
fn total(powers: &[u64]) -> u64 {
    powers.iter().sum()
}

#[dag]
fn cached(count: u64, exponent: u32) -> u64 {
    let mut powers = Vec::new();
    for number in numbers(count) {
        powers.push(power(number, exponent));
    }
    let powers = identity(powers);
    total(&powers)
}

pub(crate) fn cases() -> Vec<Case> {
    vec![case!(cached(count = 4, exponent = 2))]
}
