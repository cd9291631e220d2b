//! The first failure ends a run: nothing new starts, however much there is to do.

use std::future::pending;
use std::sync::Arc;

use dagger::{Runtime, dag, task};
use tokio::task::yield_now;

use crate::support::{
    Gauge, Latch, OpenOnDrop, count_up, double, on_current_thread, on_multi_thread, quiet_panics,
    still_works, threads, total,
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
    pending::<()>().await;
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
