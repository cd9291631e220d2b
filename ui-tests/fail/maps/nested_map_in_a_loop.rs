//! A map in the iterator spelling inside of a loop.

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
fn recommend_all(count: u32) {
    for cohort in list_cohorts(count) {
        publish_cohort(
            list_products(count).into_iter().map(|product| recommend(cohort, product)).collect(),
        );
    }
}

#[dag]
fn weekly(count: u32) {
    recommend_all(count)
}

fn main() {
    recommend_all(3);
    let _ = recommend_all::call(3).run_blocking();
    let _ = recommend_all::builder().count(3).call();
    let _ = recommend_all::dag();
    let _ = weekly::call(3);
}
