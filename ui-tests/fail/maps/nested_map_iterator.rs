//! A map inside of the closure of a map.

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
fn recommend_all(count: u32) -> usize {
    publish(
        list_cohorts(count)
            .into_iter()
            .map(|cohort| {
                list_products(count).into_iter().map(|product| recommend(cohort, product)).collect()
            })
            .collect(),
    )
}

#[dag]
fn weekly(count: u32) -> usize {
    recommend_all(count)
}

fn main() {
    let _ = recommend_all(3);
    let _ = recommend_all::call(3).run_blocking();
    let _ = recommend_all::builder().count(3).call();
    let _ = recommend_all::dag();
    let _ = weekly::call(3);
}
