//! The inner loop in a dag of its own, which the outer loop maps.

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
    let mut recommendations = Vec::new();
    for product in list_products(count) {
        recommendations.push(recommend(cohort, product));
    }
    dagger::identity(recommendations)
}

#[dag]
fn recommend_all(count: u32) -> usize {
    let mut recommendations = Vec::new();
    for cohort in list_cohorts(count) {
        recommendations.push(for_each_cohort(cohort, count));
    }
    publish(recommendations)
}

pub fn main() {
    assert_eq!(recommend_all(3), 9);
    assert_eq!(recommend_all::call(3).run_blocking().unwrap(), 9);
}
