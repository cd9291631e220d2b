//! What runs at the same time in and around nested DAGs.

use std::sync::{Arc, Barrier};

use dagger::{dag, task};
use tokio::sync::Barrier as AsyncBarrier;

use crate::support::{Latch, count_up, double, double_later, everywhere, threads, total};

fn barrier(parties: usize) -> Arc<Barrier> {
    Arc::new(Barrier::new(parties))
}

fn async_barrier(parties: usize) -> Arc<AsyncBarrier> {
    Arc::new(AsyncBarrier::new(parties))
}

/// Returns when all parties run at the same time.
#[task]
fn meet(n: usize, barrier: &Barrier) -> usize {
    barrier.wait();
    n
}

#[task]
async fn meet_later(n: usize, barrier: &AsyncBarrier) -> usize {
    barrier.wait().await;
    n
}

#[task]
fn add(left: usize, right: usize) -> usize {
    left + right
}

#[dag]
fn step_to_barrier(n: usize, barrier: Arc<Barrier>) -> usize {
    let doubled = double(n);
    meet(doubled, &barrier)
}

#[dag]
async fn step_to_barrier_later(n: usize, barrier: Arc<AsyncBarrier>) -> usize {
    let doubled = double(n);
    meet_later(doubled, &barrier).await
}

#[dag]
fn two_nested(barrier: Arc<Barrier>) -> usize {
    let left = step_to_barrier(1, barrier.clone());
    let right = step_to_barrier(2, barrier.clone());
    add(left, right)
}

#[dag]
async fn two_nested_later(barrier: Arc<AsyncBarrier>) -> usize {
    let left = step_to_barrier_later(1, barrier.clone()).await;
    let right = step_to_barrier_later(2, barrier.clone()).await;
    add(left, right)
}

#[test]
fn nodes_of_two_nested_dags_overlap() {
    assert_eq!(everywhere(&threads(2), || two_nested::call(barrier(2))), 6);
    assert_eq!(everywhere(&threads(1), || two_nested_later::call(async_barrier(2))), 6);
}

#[dag]
fn pair(n: usize, barrier: Arc<Barrier>) -> usize {
    let left = meet(n, &barrier);
    let right = meet(1, &barrier);
    add(left, right)
}

#[dag]
async fn pair_later(n: usize, barrier: Arc<AsyncBarrier>) -> usize {
    let left = meet_later(n, &barrier).await;
    let right = meet_later(1, &barrier).await;
    add(left, right)
}

#[dag]
fn around_a_pair(barrier: Arc<Barrier>) -> usize {
    let n = double(1);
    double(pair(n, barrier.clone()))
}

#[dag]
async fn around_a_pair_later(barrier: Arc<AsyncBarrier>) -> usize {
    let n = double(1);
    double(pair_later(n, barrier.clone()).await)
}

/// Sync nodes of a sync DAG in an async one.
#[dag]
async fn sync_pair_in_async_dag(barrier: Arc<Barrier>) -> usize {
    let n = double_later(1).await;
    double(pair(n, barrier.clone()))
}

#[test]
fn two_nodes_of_one_nested_dag_overlap() {
    assert_eq!(everywhere(&threads(2), || around_a_pair::call(barrier(2))), 6);
    assert_eq!(everywhere(&threads(1), || around_a_pair_later::call(async_barrier(2))), 6);
    assert_eq!(everywhere(&threads(2), || sync_pair_in_async_dag::call(barrier(2))), 6);
}

#[dag]
fn two_pairs(barrier: Arc<Barrier>) -> usize {
    let left = pair(1, barrier.clone());
    let right = pair(2, barrier.clone());
    add(left, right)
}

#[test]
fn all_nodes_of_two_nested_dags_overlap() {
    assert_eq!(everywhere(&threads(4), || two_pairs::call(barrier(4))), 5);
}

#[dag]
fn map_of_steps(end: usize, barrier: Arc<Barrier>) -> usize {
    let mut met = Vec::new();
    for n in count_up(end) {
        met.push(step_to_barrier(n, barrier.clone()));
    }
    total(met)
}

#[dag]
async fn map_of_steps_later(end: usize, barrier: Arc<AsyncBarrier>) -> usize {
    let mut met = Vec::new();
    for n in count_up(end) {
        met.push(step_to_barrier_later(n, barrier.clone()).await);
    }
    total(met)
}

#[test]
fn partitions_of_a_map_of_nested_dags_overlap() {
    assert_eq!(everywhere(&threads(2), || map_of_steps::call(2, barrier(2))), 2);
    assert_eq!(everywhere(&threads(8), || map_of_steps::call(8, barrier(8))), 56);
    assert_eq!(everywhere(&threads(1), || map_of_steps_later::call(100, async_barrier(100))), 9900);
}

#[dag]
fn map_of_pairs(end: usize, barrier: Arc<Barrier>) -> usize {
    let mut met = Vec::new();
    for n in count_up(end) {
        met.push(pair(n, barrier.clone()));
    }
    total(met)
}

#[dag]
async fn map_of_pairs_later(end: usize, barrier: Arc<AsyncBarrier>) -> usize {
    let mut met = Vec::new();
    for n in count_up(end) {
        met.push(pair_later(n, barrier.clone()).await);
    }
    total(met)
}

#[test]
fn two_nodes_of_the_only_partition_of_a_map_of_nested_dags_overlap() {
    assert_eq!(everywhere(&threads(2), || map_of_pairs::call(1, barrier(2))), 1);
    assert_eq!(everywhere(&threads(1), || map_of_pairs_later::call(1, async_barrier(2))), 1);
}

#[test]
fn all_nodes_of_all_partitions_of_a_map_of_nested_dags_overlap() {
    assert_eq!(everywhere(&threads(4), || map_of_pairs::call(2, barrier(4))), 3);
    assert_eq!(everywhere(&threads(1), || map_of_pairs_later::call(50, async_barrier(100))), 1275);
}

#[dag]
fn inner_map(end: usize, barrier: Arc<Barrier>) -> usize {
    let mut met = Vec::new();
    for n in count_up(end) {
        met.push(meet(n, &barrier));
    }
    total(met)
}

#[dag]
fn map_of_maps(outer: usize, inner: usize, barrier: Arc<Barrier>) -> usize {
    let mut sums = Vec::new();
    for _ in count_up(outer) {
        sums.push(inner_map(inner, barrier.clone()));
    }
    total(sums)
}

#[test]
fn partitions_of_maps_within_a_map_overlap() {
    assert_eq!(everywhere(&threads(8), || map_of_maps::call(2, 4, barrier(8))), 12);
}

#[task]
fn wait_for(latch: &Latch) {
    latch.wait();
}

#[task]
fn open(after: usize, latch: &Latch) -> usize {
    latch.open();
    after
}

#[dag]
fn waits(latch: Arc<Latch>) {
    wait_for(&latch);
}

#[dag]
fn opens(latch: Arc<Latch>) -> usize {
    let first = double(1);
    let second = double(first);
    open(second, &latch)
}

#[dag]
fn chain_in_one_nested_dag_beside_another(latch: Arc<Latch>) -> usize {
    let opened = opens(latch.clone());
    waits(latch.clone());
    double(opened)
}

#[dag]
fn the_other_way_round(latch: Arc<Latch>) -> usize {
    waits(latch.clone());
    opens(latch.clone())
}

#[test]
fn a_nested_dag_goes_on_while_another_computes() {
    everywhere(&threads(2), || chain_in_one_nested_dag_beside_another::call(Arc::default()));
    everywhere(&threads(2), || the_other_way_round::call(Arc::default()));
}

#[dag]
fn chain_beside_a_long_node(latch: Arc<Latch>) -> usize {
    let first = double(1);
    wait_for(&latch);
    open(first, &latch)
}

#[dag]
fn around_a_chain_beside_a_long_node(latch: Arc<Latch>) -> usize {
    chain_beside_a_long_node(latch.clone())
}

#[test]
fn a_chain_in_a_nested_dag_goes_on_while_a_long_node_in_it_computes() {
    everywhere(&threads(2), || around_a_chain_beside_a_long_node::call(Arc::default()));
}

#[dag]
async fn async_dag_of_sync_nodes_within(barrier: Arc<Barrier>) -> usize {
    let n = double_later(1).await;
    let left = meet(n, &barrier);
    let right = meet(1, &barrier);
    add(left, right)
}

#[dag]
async fn around_async_dags_of_sync_nodes(barrier: Arc<Barrier>) -> usize {
    let mut met = Vec::new();
    for _ in count_up(2) {
        met.push(async_dag_of_sync_nodes_within(barrier.clone()).await);
    }
    total(met)
}

#[test]
fn sync_nodes_of_mapped_async_dags_overlap() {
    assert_eq!(everywhere(&threads(4), || around_async_dags_of_sync_nodes::call(barrier(4))), 6);
}
