//! The map and its reducing node in a dag of their own.

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
fn publish_cohort(recommendations: Vec<u32>) {
    let _ = recommendations;
}

#[dag]
fn for_each_cohort(cohort: u32, count: u32) {
    publish_cohort(
        list_products(count).into_iter().map(|product| recommend(cohort, product)).collect(),
    );
}

#[dag]
fn recommend_all(count: u32) {
    for cohort in list_cohorts(count) {
        for_each_cohort(cohort, count);
    }
}

pub fn main() {
    recommend_all(3);
    recommend_all::call(3).run_blocking().unwrap();
}
