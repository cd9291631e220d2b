//! The first failure ends a run: nothing new starts, what is in flight ends, and the first one in the body counts.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use dagger::{Runtime, dag, task};
use tokio::sync::Barrier as AsyncBarrier;
use tokio::task::yield_now;

use crate::support::{
    Gauge, Latch, OpenOnDrop, count_up, double, on_current_thread, on_multi_thread, quiet_panics,
    still_works, threads, total, watched,
};

#[task]
async fn fail_when_started(gauge: &Gauge, count: usize) -> Result<(), String> {
    gauge.reached(count).await;
    Err("failed".to_owned())
}

/// Opens the latch when it is dropped, which only the end of the run does.
#[task]
async fn hold(gauge: &Gauge, latch: Arc<Latch>) {
    let _guard = OpenOnDrop(latch);
    let _entered = gauge.enter();
    pending().await
}

#[task]
fn compute_until(gauge: &Gauge, latch: &Latch) -> usize {
    let _entered = gauge.enter();
    latch.wait();
    0
}

#[task]
fn note(_after: usize, gauge: &Gauge) {
    gauge.enter();
}

/// The computation ends after the failure, since only that drops what `hold` holds.
#[dag]
async fn failure_beside_a_chain(
    gauge: Arc<Gauge>,
    after: Arc<Gauge>,
    latch: Arc<Latch>,
) -> Result<(), String> {
    let computed = compute_until(&gauge, &latch);
    note(computed, &after);
    for _ in count_up(2) {
        note(computed, &after);
    }
    hold(&gauge, latch.clone()).await;
    fail_when_started(&gauge, 2).await?;
    Ok(())
}

#[test]
fn nothing_new_starts_after_the_first_failure() {
    let test = || async {
        let after = Arc::<Gauge>::default();
        let call = failure_beside_a_chain::call(Arc::default(), Arc::clone(&after), Arc::default());
        let runtime = threads(2);
        let error = runtime.run(call).await.expect_err("a node fails");
        assert_eq!(error.node(), Some("fail-when-started"));
        assert_eq!(after.started(), 0, "nodes started after the failure");
        still_works(&runtime).await;
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[task]
async fn fail_first_when_full(n: usize, gauge: &Gauge) -> Result<(), String> {
    let _entered = gauge.enter();
    if n == 0 {
        gauge.reached(10).await;
        return Err("failed".to_owned());
    }
    pending().await
}

#[dag]
async fn failing_async_map(end: usize, gauge: Arc<Gauge>) -> Result<(), String> {
    for n in count_up(end) {
        fail_first_when_full(n, &gauge).await?;
    }
    Ok(())
}

#[test]
fn no_partition_of_an_async_map_starts_after_the_first_failure() {
    on_current_thread(|| async {
        let gauge = Arc::<Gauge>::default();
        let runtime = Runtime::builder().max_concurrency(10).build();
        let call = failing_async_map::call(1000, Arc::clone(&gauge));
        let error = runtime.run(call).await.expect_err("a partition fails");
        assert_eq!(error.partition(), Some(0));
        assert_eq!((gauge.started(), gauge.now()), (10, 0));
    });
}

#[task]
fn fail_at(n: usize, at: usize, gauge: &Gauge) -> Result<usize, String> {
    gauge.enter();
    if n == at { Err(format!("{n} fails")) } else { Ok(n) }
}

#[dag]
fn failing_sync_map(end: usize, at: usize, gauge: Arc<Gauge>) -> Result<usize, String> {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(fail_at(n, at, &gauge)?);
    }
    Ok(total(passed))
}

#[dag]
fn fail_in_two_steps(n: usize, at: usize, gauge: Arc<Gauge>) -> Result<usize, String> {
    let doubled = double(n);
    fail_at(doubled, at, &gauge)
}

#[dag]
fn failing_nested_map(end: usize, at: usize, gauge: Arc<Gauge>) -> Result<usize, String> {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(fail_in_two_steps(n, at, gauge.clone())?);
    }
    Ok(total(passed))
}

#[test]
fn no_partition_of_a_sync_map_starts_after_the_first_failure() {
    let gauge = Arc::<Gauge>::default();
    let runtime = threads(1);
    let error = runtime.run_blocking(failing_sync_map::call(1000, 555, Arc::clone(&gauge)));
    assert_eq!(error.expect_err("a partition fails").partition(), Some(555));
    assert_eq!(gauge.started(), 556);

    let gauge = Arc::<Gauge>::default();
    let error = runtime.run_blocking(failing_nested_map::call(1000, 1110, Arc::clone(&gauge)));
    assert_eq!(error.expect_err("a partition fails").partition(), Some(555));
    assert_eq!(gauge.started(), 556);
}

#[task]
fn fail_together(barrier: &Barrier) -> Result<usize, String> {
    barrier.wait();
    Err("failed".to_owned())
}

#[dag]
fn four_fail(barrier: Arc<Barrier>) -> Result<(), String> {
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
async fn four_fail_in_an_async_dag(barrier: Arc<Barrier>) -> Result<(), String> {
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    yield_once().await;
    fail_together(&barrier)?;
    fail_together(&barrier)?;
    Ok(())
}

#[task]
async fn yield_once() {
    yield_now().await;
}

#[dag]
fn one_fails(barrier: Arc<Barrier>) -> Result<(), String> {
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
async fn one_fails_in_an_async_dag(barrier: Arc<Barrier>) -> Result<(), String> {
    yield_once().await;
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
async fn nested_fail_first(barrier: Arc<Barrier>) -> Result<(), String> {
    one_fails(barrier.clone())?;
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
async fn nested_async_fail_first(barrier: Arc<Barrier>) -> Result<(), String> {
    one_fails_in_an_async_dag(barrier.clone()).await?;
    fail_together(&barrier)?;
    Ok(())
}

/// Takes so long that others get their turn before its map ends.
#[task]
fn fail_slowly(barrier: &Barrier) -> Result<usize, String> {
    thread::sleep(Duration::from_millis(1));
    fail_together(barrier)
}

#[dag]
fn partition_fails_first(barrier: Arc<Barrier>) -> Result<(), String> {
    for _ in count_up(1) {
        fail_slowly(&barrier)?;
    }
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
fn nested_in_place_fails_first(barrier: Arc<Barrier>) -> Result<(), String> {
    let n = double(1);
    fails_at_second_step(n, barrier.clone())?;
    fail_together(&barrier)?;
    Ok(())
}

#[dag]
fn fails_at_second_step(n: usize, barrier: Arc<Barrier>) -> Result<(), String> {
    double(n);
    fail_together(&barrier)?;
    double(n);
    Ok(())
}

fn assert_first_fails(
    times: usize,
    parties: usize,
    first: &'static str,
    call: fn(Arc<Barrier>) -> dagger::Call<()>,
) {
    on_multi_thread(move || async move {
        let runtime = threads(parties);
        for _ in 0..times {
            let call = call(Arc::new(Barrier::new(parties)));
            let error = runtime.run(call).await.expect_err("all nodes fail");
            assert_eq!(error.path()[0].node, first, "the first of several that failed");
        }
    });
}

#[test]
fn of_several_failing_nodes_the_first_in_the_body_is_reported() {
    assert_first_fails(200, 4, "fail-together-1", four_fail::call);
    assert_first_fails(200, 4, "fail-together-1", four_fail_in_an_async_dag::call);
}

#[test]
fn a_failing_nested_dag_is_reported_before_a_failing_node_after_it() {
    assert_first_fails(200, 2, "one-fails", nested_fail_first::call);
    assert_first_fails(200, 4, "fails-at-second-step", |_| {
        nested_in_place_fails_first::call(Arc::new(Barrier::new(2)))
    });
}

#[test]
fn a_failing_nested_async_dag_is_reported_before_a_failing_node_after_it() {
    assert_first_fails(200, 2, "one-fails-in-an-async-dag", nested_async_fail_first::call);
}

#[test]
fn a_failing_partition_is_reported_before_a_failing_node_after_it() {
    assert_first_fails(200, 2, "fail-slowly", partition_fails_first::call);
}

#[task]
fn fail_together_from(n: usize, first: usize, barrier: &Barrier) -> Result<usize, String> {
    barrier.wait();
    if n < first { Ok(n) } else { Err(format!("{n} fails")) }
}

#[dag]
fn several_partitions_fail(
    end: usize,
    first: usize,
    barrier: Arc<Barrier>,
) -> Result<usize, String> {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(fail_together_from(n, first, &barrier)?);
    }
    Ok(total(passed))
}

#[dag]
fn several_collected_fail(
    end: usize,
    first: usize,
    barrier: Arc<Barrier>,
) -> Result<usize, String> {
    let numbers = count_up(end);
    let passed: Vec<_> = numbers
        .iter()
        .map(|n| fail_together_from(*n, first, &barrier))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(total(passed))
}

#[test]
fn of_several_failing_partitions_the_first_is_reported() {
    watched("failing partitions", || {
        let runtime = threads(8);
        for first in (0..8).cycle().take(200) {
            let barrier = Arc::new(Barrier::new(8));
            let call = several_partitions_fail::call(8, first, Arc::clone(&barrier));
            let error = runtime.run_blocking(call).expect_err("partitions fail");
            assert_eq!(error.partition(), Some(first));
            let call = several_collected_fail::call(8, first, barrier);
            let error = runtime.run_blocking(call).expect_err("partitions fail");
            assert_eq!(error.partition(), Some(first));
        }
    });
}

/// Notes the first partition that fails, right before it does.
#[task]
async fn fail_together_later(
    n: usize,
    barrier: &AsyncBarrier,
    first: &AtomicUsize,
) -> Result<(), String> {
    barrier.wait().await;
    first.fetch_min(n, Ordering::SeqCst);
    Err(format!("{n} fails"))
}

#[dag]
async fn async_partitions_fail(
    end: usize,
    barrier: Arc<AsyncBarrier>,
    first: Arc<AtomicUsize>,
) -> Result<(), String> {
    for n in count_up(end) {
        fail_together_later(n, &barrier, &first).await?;
    }
    Ok(())
}

#[test]
fn of_the_async_partitions_that_failed_the_first_is_reported() {
    let test = || async {
        for _ in 0..200 {
            let first = Arc::new(AtomicUsize::new(usize::MAX));
            let barrier = Arc::new(AsyncBarrier::new(20));
            let call = async_partitions_fail::call(20, barrier, Arc::clone(&first));
            let error = call.await.expect_err("partitions fail");
            assert_eq!(error.partition(), Some(first.load(Ordering::SeqCst)));
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[task]
fn fail_or_panic_at(n: usize, fail: usize, panic: usize) -> Result<usize, String> {
    assert!(n != panic, "{n} panics, on purpose");
    if n == fail { Err(format!("{n} fails")) } else { Ok(n) }
}

#[task]
async fn fail_or_panic_at_later(n: usize, fail: usize, panic: usize) -> Result<usize, String> {
    if n.is_multiple_of(1000) {
        yield_now().await;
    }
    fail_or_panic_at(n, fail, panic)
}

#[dag]
fn a_million(fail: usize, panic: usize) -> Result<usize, String> {
    let mut passed = Vec::new();
    for n in count_up(1_000_000) {
        passed.push(fail_or_panic_at(n, fail, panic)?);
    }
    Ok(total(passed))
}

#[dag]
async fn a_million_later(fail: usize, panic: usize) -> Result<usize, String> {
    let mut passed = Vec::new();
    for n in count_up(1_000_000) {
        passed.push(fail_or_panic_at_later(n, fail, panic).await?);
    }
    Ok(total(passed))
}

const NEVER: usize = usize::MAX;

#[test]
fn the_last_of_a_million_partitions_fails() {
    let test = || async {
        let error = a_million::call(999_999, NEVER).await.expect_err("the last one fails");
        assert_eq!(error.partition(), Some(999_999));
        assert!(!error.is_panic());
        let error = a_million_later::call(999_999, NEVER).await.expect_err("the last one fails");
        assert_eq!(error.partition(), Some(999_999));
        assert!(!error.is_panic());
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[test]
fn the_first_of_a_million_partitions_panics() {
    quiet_panics();
    let test = || async {
        let error = a_million::call(NEVER, 0).await.expect_err("the first one panics");
        assert!(error.is_panic());
        assert_eq!(error.partition(), Some(0));
        let error = a_million_later::call(NEVER, 0).await.expect_err("the first one panics");
        assert!(error.is_panic());
        assert_eq!(error.partition(), Some(0));
        still_works(&Runtime::default()).await;
    };
    on_current_thread(test);
    on_multi_thread(test);
}
