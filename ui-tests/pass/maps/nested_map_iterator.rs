//! The inner map in a dag of its own, which the outer one maps.

use dagger::{dag, task};

#[task]
fn list_cohorts(count: u32) -> Vec<u32> {
    (0..count).collect()
}

#[task]
fn list_products(count: u32) -> Vec<u32> {
    (0..count).collect()
}

#[task]
fn recommend(cohort: u32, product: u32) -> u32 {
    cohort * 10 + product
}

#[task]
fn publish(recommendations: Vec<Vec<u32>>) -> usize {
    recommendations.concat().len()
}

#[dag]
fn for_each_cohort(cohort: u32, count: u32) -> Vec<u32> {
    dagger::identity(
        list_products(count).into_iter().map(|product| recommend(cohort, product)).collect(),
    )
}

#[dag]
fn recommend_all(count: u32) -> usize {
    publish(list_cohorts(count).into_iter().map(|cohort| for_each_cohort(cohort, count)).collect())
}

pub fn main() {
    assert_eq!(recommend_all(3), 9);
    assert_eq!(recommend_all::call(3).run_blocking().unwrap(), 9);
}
