//! What runs at the same time: nodes, partitions, nested DAGs, sync and async work.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use dagger::{dag, task};
use tokio::sync::Barrier as AsyncBarrier;
use tokio::time::Instant;

use crate::support::{
    Latch, count_up, double, everywhere, on_current_thread, threads, total, watched,
};

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
fn two_sync_nodes(barrier: Arc<Barrier>) -> usize {
    let left = meet(1, &barrier);
    let right = meet(2, &barrier);
    add(left, right)
}

#[test]
fn independent_sync_nodes_overlap() {
    assert_eq!(everywhere(&threads(2), || two_sync_nodes::call(barrier(2))), 3);
}

#[dag]
fn four_sync_nodes(barrier: Arc<Barrier>) {
    meet(1, &barrier);
    meet(2, &barrier);
    meet(3, &barrier);
    meet(4, &barrier);
}

#[test]
fn as_many_sync_nodes_overlap_as_there_are_compute_threads() {
    everywhere(&threads(4), || four_sync_nodes::call(barrier(4)));
}

#[dag]
async fn two_async_nodes(barrier: Arc<AsyncBarrier>) -> usize {
    let left = meet_later(1, &barrier).await;
    let right = meet_later(2, &barrier).await;
    add(left, right)
}

#[test]
fn independent_async_nodes_overlap() {
    assert_eq!(everywhere(&threads(1), || two_async_nodes::call(async_barrier(2))), 3);
}

#[dag]
fn sync_partitions(end: usize, barrier: Arc<Barrier>) -> usize {
    let mut met = Vec::new();
    for n in count_up(end) {
        met.push(meet(n, &barrier));
    }
    total(met)
}

#[test]
fn two_partitions_of_a_sync_map_overlap() {
    assert_eq!(everywhere(&threads(2), || sync_partitions::call(2, barrier(2))), 1);
}

#[test]
fn eight_partitions_of_a_sync_map_overlap_on_eight_compute_threads() {
    assert_eq!(everywhere(&threads(8), || sync_partitions::call(8, barrier(8))), 28);
}

#[dag]
fn borrowed_partitions(end: usize, barrier: Arc<Barrier>) -> usize {
    let numbers = count_up(end);
    let met: Vec<_> = numbers.iter().map(|n| meet(*n, &barrier)).collect();
    total(met)
}

#[test]
fn partitions_that_are_only_borrowed_overlap() {
    assert_eq!(everywhere(&threads(8), || borrowed_partitions::call(8, barrier(8))), 28);
}

#[dag]
async fn async_partitions(end: usize, barrier: Arc<AsyncBarrier>) -> usize {
    let mut met = Vec::new();
    for n in count_up(end) {
        met.push(meet_later(n, &barrier).await);
    }
    total(met)
}

#[dag]
async fn joined_partitions(end: usize, barrier: Arc<AsyncBarrier>) -> usize {
    let numbers = count_up(end);
    let met = futures::future::join_all(numbers.iter().map(|n| meet_later(*n, &barrier))).await;
    total(met)
}

#[test]
fn all_partitions_of_an_async_map_overlap() {
    assert_eq!(everywhere(&threads(1), || async_partitions::call(100, async_barrier(100))), 4950);
    assert_eq!(everywhere(&threads(1), || joined_partitions::call(100, async_barrier(100))), 4950);
}

#[dag]
fn two_sync_maps(barrier: Arc<Barrier>) -> usize {
    let left: Vec<_> = count_up(1).into_iter().map(|n| meet(n, &barrier)).collect();
    let right: Vec<_> = count_up(1).into_iter().map(|n| meet(n, &barrier)).collect();
    let sum = total(left);
    add(sum, total(right))
}

#[test]
fn two_maps_overlap() {
    everywhere(&threads(2), || two_sync_maps::call(barrier(2)));
}

#[dag]
fn a_map_and_a_node(barrier: Arc<Barrier>) -> usize {
    let left: Vec<_> = count_up(2).into_iter().map(|n| meet(n, &barrier)).collect();
    meet(2, &barrier);
    total(left)
}

#[test]
fn a_map_and_a_node_overlap() {
    everywhere(&threads(3), || a_map_and_a_node::call(barrier(3)));
}

#[task]
async fn nap(_n: usize) {
    tokio::time::sleep(Duration::from_hours(1)).await;
}

#[dag]
async fn naps(end: usize) {
    for n in count_up(end) {
        nap(n).await;
    }
}

#[test]
fn sleeping_partitions_take_the_time_of_one() {
    let took = on_current_thread(|| async {
        tokio::time::pause();
        let start = Instant::now();
        naps::call(1000).await.expect("all naps end");
        start.elapsed()
    });
    assert!(
        took < Duration::from_hours(1) + Duration::from_secs(1),
        "a thousand naps of an hour took {took:?}"
    );
}

#[task]
fn sync_end(sync: &Latch, asynchronous: &Latch) {
    sync.open();
    asynchronous.wait();
}

#[task]
async fn async_end(sync: &Latch, asynchronous: &Latch) {
    sync.opened().await;
    asynchronous.open();
}

#[dag]
async fn sync_beside_async(sync: Arc<Latch>, asynchronous: Arc<Latch>) {
    sync_end(&sync, &asynchronous);
    async_end(&sync, &asynchronous).await;
}

#[test]
fn a_sync_node_and_an_async_node_overlap() {
    everywhere(&threads(1), || sync_beside_async::call(Arc::default(), Arc::default()));
}

#[dag]
async fn async_before_sync(sync: Arc<Latch>, asynchronous: Arc<Latch>) {
    async_end(&sync, &asynchronous).await;
    sync_end(&sync, &asynchronous);
}

#[test]
fn an_async_node_and_a_sync_node_overlap_in_the_other_order_too() {
    everywhere(&threads(1), || async_before_sync::call(Arc::default(), Arc::default()));
}

#[task]
fn wait_for(latch: &Latch) {
    latch.wait();
}

#[task]
async fn open_after_a_timer(latch: &Latch) {
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    latch.open();
}

#[dag]
async fn timer_beside_computation(latch: Arc<Latch>) {
    wait_for(&latch);
    open_after_a_timer(&latch).await;
}

#[test]
fn timers_of_a_node_go_on_while_a_sync_node_computes() {
    everywhere(&threads(1), || timer_beside_computation::call(Arc::default()));
}

#[dag]
fn computation(latch: Arc<Latch>) {
    wait_for(&latch);
}

#[test]
fn timers_of_the_current_thread_go_on_while_a_sync_dag_computes() {
    on_current_thread(|| async {
        let latch = Arc::new(Latch::default());
        let timer = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            latch.open();
        };
        let runtime = threads(1);
        let (run, ()) = tokio::join!(runtime.run(computation::call(Arc::clone(&latch))), timer);
        run.expect("the computation ends");
    });
}

#[task]
fn open(after: usize, latch: &Latch) -> usize {
    latch.open();
    after
}

#[dag]
fn chain_then_long_node(latch: Arc<Latch>) -> usize {
    let first = double(1);
    let second = double(first);
    wait_for(&latch);
    open(second, &latch)
}

#[test]
fn a_chain_goes_on_while_a_long_node_after_it_computes() {
    everywhere(&threads(2), || chain_then_long_node::call(Arc::default()));
}

#[dag]
fn long_node_then_chain(latch: Arc<Latch>) -> usize {
    wait_for(&latch);
    let first = double(1);
    let second = double(first);
    open(second, &latch)
}

#[test]
fn a_chain_goes_on_while_a_long_node_before_it_computes() {
    everywhere(&threads(2), || long_node_then_chain::call(Arc::default()));
}

#[dag]
fn two_chains(barrier: Arc<Barrier>) -> usize {
    let left = double(1);
    let right = double(2);
    let left = meet(left, &barrier);
    let right = meet(right, &barrier);
    add(left, right)
}

#[test]
fn the_second_steps_of_two_chains_overlap() {
    assert_eq!(everywhere(&threads(2), || two_chains::call(barrier(2))), 6);
}

#[dag]
fn reduction_beside_long_node(latch: Arc<Latch>) -> usize {
    let mut doubled = Vec::new();
    for n in count_up(100) {
        doubled.push(double(n));
    }
    wait_for(&latch);
    open(total(doubled), &latch)
}

#[test]
fn a_map_is_reduced_while_a_long_node_computes() {
    everywhere(&threads(2), || reduction_beside_long_node::call(Arc::default()));
}

#[dag]
fn one_parameter_twice(n: usize, barrier: Arc<Barrier>) -> usize {
    let left = meet(n, &barrier);
    let right = meet(n, &barrier);
    add(left, right)
}

#[test]
fn two_nodes_that_copy_one_parameter_overlap() {
    let sum = everywhere(&threads(2), || one_parameter_twice::call(1, barrier(2)));
    assert_eq!(sum, 2);
}

#[dag]
async fn one_output_twice(barrier: Arc<AsyncBarrier>) -> usize {
    let n = double(1);
    let left = meet_later(n, &barrier).await;
    let right = meet_later(n + 1, &barrier).await;
    add(left, right)
}

#[test]
fn two_nodes_that_copy_one_output_overlap() {
    let sum = everywhere(&threads(1), || one_output_twice::call(async_barrier(2)));
    assert_eq!(sum, 5);
}

#[task]
async fn meet_in_map(n: usize, offset: usize, barrier: &AsyncBarrier) -> usize {
    barrier.wait().await;
    n + offset
}

#[dag]
async fn one_parameter_in_two_maps(offset: usize, barrier: Arc<AsyncBarrier>) -> usize {
    let mut left = Vec::new();
    for n in count_up(2) {
        left.push(meet_in_map(n, offset, &barrier).await);
    }
    let mut right = Vec::new();
    for n in count_up(2) {
        right.push(meet_in_map(n, offset, &barrier).await);
    }
    add(total(left), total(right))
}

#[test]
fn two_maps_that_copy_one_parameter_overlap() {
    let sum = everywhere(&threads(1), || one_parameter_in_two_maps::call(1, async_barrier(4)));
    assert_eq!(sum, 6);
}

#[test]
fn two_runs_of_one_runtime_overlap() {
    watched("two runs", || {
        let runtime = threads(2);
        let barrier = barrier(2);
        let runs = [0, 1].map(|_| {
            let (runtime, barrier) = (runtime.clone(), Arc::clone(&barrier));
            std::thread::spawn(move || runtime.run_blocking(sync_partitions::call(1, barrier)))
        });
        for run in runs {
            let result = run.join().expect("run_blocking does not panic");
            assert_eq!(result.expect("the run succeeds"), 0);
        }
    });
}
