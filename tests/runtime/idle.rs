//! When a run is over, so is all of its work: after a cancellation, and after a failure.

use std::sync::Arc;
use std::time::Duration;

use dagger::{Call, RunHandle, dag, task};

use crate::support::{
    Gauge, Latch, count_up, on_current_thread, on_multi_thread, still_works, threads,
};

/// Computations that end one by one.
#[derive(Default)]
struct Probe {
    gauge: Gauge,
    releases: [Latch; 4],
}

#[task]
fn compute(n: usize, probe: &Probe) -> usize {
    let _entered = probe.gauge.enter();
    probe.releases[n].wait();
    n
}

#[task]
async fn suspend(probe: &Probe) -> usize {
    let _entered = probe.gauge.enter();
    std::future::pending().await
}

#[dag]
fn sync_node(probe: Arc<Probe>) {
    compute(0, &probe);
}

#[dag]
fn sync_nodes(probe: Arc<Probe>) {
    compute(0, &probe);
    compute(1, &probe);
    compute(2, &probe);
    compute(3, &probe);
}

#[dag]
fn sync_map(probe: Arc<Probe>) {
    for n in count_up(4) {
        compute(n, &probe);
    }
}

#[dag]
fn one_of_four(n: usize, probe: Arc<Probe>) -> usize {
    let n = dagger::identity(n);
    compute(n, &probe)
}

#[dag]
async fn one_of_four_later(n: usize, probe: Arc<Probe>) -> usize {
    let n = crate::support::double_later(n).await;
    compute(n / 2, &probe)
}

#[dag]
fn nested_map(probe: Arc<Probe>) {
    for n in count_up(4) {
        one_of_four(n, probe.clone());
    }
}

#[dag]
async fn nested_map_later(probe: Arc<Probe>) {
    for n in count_up(4) {
        one_of_four_later(n, probe.clone()).await;
    }
}

#[dag]
async fn sync_nodes_in_an_async_dag(probe: Arc<Probe>) {
    compute(0, &probe);
    compute(1, &probe);
    compute(2, &probe);
    compute(3, &probe);
    suspend(&probe).await;
}

#[dag]
async fn sync_map_in_an_async_dag(probe: Arc<Probe>) {
    suspend(&probe).await;
    for n in count_up(4) {
        compute(n, &probe);
    }
}

#[dag]
async fn nested(probe: Arc<Probe>) {
    suspend(&probe).await;
    sync_nodes(probe.clone());
}

#[dag]
async fn nested_later(probe: Arc<Probe>) {
    sync_nodes_in_an_async_dag(probe.clone()).await;
}

/// A run that computes is not over before the last computation is, in whatever order they end.
async fn ends_after_computing<T>(
    mut run: RunHandle<T>,
    probe: &Probe,
    order: &[usize],
) -> dagger::Error {
    for n in order {
        // Long enough for a run that does not wait; one that does passes however long this takes.
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(!run.is_finished(), "the run is over, and {} tasks run", probe.gauge.now());
        probe.releases[*n].open();
    }
    let Err(error) = (&mut run).await else { panic!("the run has a result") };
    assert_eq!(probe.gauge.now(), 0, "tasks that run after the run");
    error
}

const ORDERS: [[usize; 4]; 3] = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]];

/// Cancels a call when so many tasks run. Those that compute do so until they are released.
fn assert_over_when_cancelled(running: usize, computing: usize, call: fn(Arc<Probe>) -> Call<()>) {
    let test = move || async move {
        for order in ORDERS {
            let order: Vec<_> = order.into_iter().filter(|n| *n < computing).collect();
            let probe = Arc::<Probe>::default();
            let runtime = threads(4);
            let mut run = runtime.start(call(Arc::clone(&probe)));
            probe.gauge.reached(running).await;
            run.cancel();
            let error = ends_after_computing(run, &probe, &order).await;
            assert!(error.is_cancelled(), "{error}");
            assert_eq!(probe.gauge.started(), running, "tasks that have started");
            still_works(&runtime).await;
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[test]
fn a_cancelled_sync_node() {
    assert_over_when_cancelled(1, 1, sync_node::call);
}

#[test]
fn cancelled_sync_nodes() {
    assert_over_when_cancelled(4, 4, sync_nodes::call);
}

#[test]
fn a_cancelled_sync_map() {
    assert_over_when_cancelled(4, 4, sync_map::call);
}

#[test]
fn a_cancelled_map_of_sync_dags() {
    assert_over_when_cancelled(4, 4, nested_map::call);
}

#[test]
fn a_cancelled_map_of_async_dags() {
    assert_over_when_cancelled(4, 4, nested_map_later::call);
}

#[test]
fn cancelled_sync_nodes_in_an_async_dag() {
    assert_over_when_cancelled(5, 4, sync_nodes_in_an_async_dag::call);
}

#[test]
fn a_cancelled_sync_map_in_an_async_dag() {
    assert_over_when_cancelled(5, 4, sync_map_in_an_async_dag::call);
}

#[test]
fn cancelled_nodes_of_a_nested_sync_dag() {
    assert_over_when_cancelled(5, 4, nested::call);
}

#[test]
fn cancelled_nodes_of_a_nested_async_dag() {
    assert_over_when_cancelled(5, 4, nested_later::call);
}

#[task]
async fn fail_when(running: usize, probe: &Probe) -> Result<(), String> {
    probe.gauge.reached(running).await;
    Err("failed".to_owned())
}

#[task]
fn fail_at_once_when(running: usize, probe: &Probe) -> Result<(), String> {
    while probe.gauge.started() < running {
        std::thread::yield_now();
    }
    Err("failed".to_owned())
}

#[dag]
fn failure_beside_sync_nodes(probe: Arc<Probe>) -> Result<(), String> {
    sync_nodes(probe.clone());
    fail_at_once_when(4, &probe)?;
    Ok(())
}

#[dag]
fn failure_before_sync_nodes(probe: Arc<Probe>) -> Result<(), String> {
    fail_at_once_when(4, &probe)?;
    for _ in count_up(1) {
        sync_nodes(probe.clone());
    }
    Ok(())
}

#[dag]
async fn failure_beside_a_nested_sync_dag(probe: Arc<Probe>) -> Result<(), String> {
    sync_nodes(probe.clone());
    fail_when(4, &probe).await?;
    Ok(())
}

#[dag]
async fn failure_beside_a_sync_map(probe: Arc<Probe>) -> Result<(), String> {
    for n in count_up(4) {
        compute(n, &probe);
    }
    fail_when(4, &probe).await?;
    Ok(())
}

#[dag]
async fn failure_beside_a_nested_async_dag(probe: Arc<Probe>) -> Result<(), String> {
    nested_later(probe.clone()).await;
    fail_when(5, &probe).await?;
    Ok(())
}

#[dag]
async fn failure_beside_a_map_of_async_dags(probe: Arc<Probe>) -> Result<(), String> {
    nested_map_later(probe.clone()).await;
    fail_when(4, &probe).await?;
    Ok(())
}

/// A failed run, too, is not over before its computations are.
fn assert_over_when_failed(call: fn(Arc<Probe>) -> Call<()>) {
    let test = move || async move {
        for order in ORDERS {
            let probe = Arc::<Probe>::default();
            let runtime = threads(5);
            let run = runtime.start(call(Arc::clone(&probe)));
            probe.gauge.reached(4).await;
            let error = ends_after_computing(run, &probe, &order).await;
            assert!(error.node().is_some_and(|node| node.starts_with("fail")), "{error}");
            still_works(&runtime).await;
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[test]
fn sync_nodes_beside_a_failure() {
    assert_over_when_failed(failure_beside_sync_nodes::call);
    assert_over_when_failed(failure_before_sync_nodes::call);
    assert_over_when_failed(failure_beside_a_nested_sync_dag::call);
}

#[test]
fn a_sync_map_beside_a_failure() {
    assert_over_when_failed(failure_beside_a_sync_map::call);
}

#[test]
fn sync_nodes_of_a_nested_async_dag_beside_a_failure() {
    assert_over_when_failed(failure_beside_a_nested_async_dag::call);
}

#[test]
fn sync_nodes_of_mapped_async_dags_beside_a_failure() {
    assert_over_when_failed(failure_beside_a_map_of_async_dags::call);
}

#[task]
async fn suspend_or_fail(n: usize, gauge: &Gauge) -> Result<(), String> {
    let _entered = gauge.enter();
    if n == 50 {
        gauge.reached(100).await;
        return Err("failed".to_owned());
    }
    std::future::pending().await
}

#[dag]
async fn failing_partitions(gauge: Arc<Gauge>) -> Result<(), String> {
    for n in count_up(100) {
        suspend_or_fail(n, &gauge).await?;
    }
    Ok(())
}

#[test]
fn async_partitions_beside_a_failure() {
    on_multi_thread(|| async {
        for _ in 0..100 {
            let gauge = Arc::<Gauge>::default();
            let error = failing_partitions::call(Arc::clone(&gauge)).await.expect_err("one fails");
            assert_eq!(error.partition(), Some(50));
            assert_eq!(gauge.now(), 0, "tasks that run after the run");
        }
    });
}
