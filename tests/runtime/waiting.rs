//! A run that ends does not wait for what other runs hold: slots of tasks, compute threads.

use std::sync::Arc;

use dagger::{RunHandle, Runtime, dag, task};
use tokio::task::yield_now;

use crate::support::{Gauge, Latch, OpenOnDrop, on_current_thread, threads};

#[task(concurrency = 1)]
fn hold_the_slot(started: &Latch, release: &Latch) {
    started.open();
    release.wait();
}

#[dag]
fn holds_the_slot(started: Arc<Latch>, release: Arc<Latch>) {
    hold_the_slot(&started, &release);
}

#[task]
fn hold_a_thread(started: &Latch, release: &Latch) {
    started.open();
    release.wait();
}

#[dag]
fn holds_a_thread(started: Arc<Latch>, release: Arc<Latch>) {
    hold_a_thread(&started, &release);
}

/// A run that holds something until the guard is dropped.
async fn holder(
    runtime: &Runtime,
    call: fn(Arc<Latch>, Arc<Latch>) -> dagger::Call<()>,
) -> (RunHandle<()>, OpenOnDrop) {
    let (started, release) = (Arc::<Latch>::default(), Arc::<Latch>::default());
    let run = runtime.start(call(Arc::clone(&started), Arc::clone(&release)));
    started.opened().await;
    (run, OpenOnDrop(release))
}

/// Lets others go on, as far as they can.
async fn step_back() {
    for _ in 0..100 {
        yield_now().await;
    }
}

#[task]
async fn fail_later() -> Result<(), String> {
    step_back().await;
    Err("failed".to_owned())
}

#[dag]
async fn fails_beside_a_node_without_slot(latch: Arc<Latch>) -> Result<(), String> {
    hold_the_slot(&latch, &latch);
    fail_later().await?;
    Ok(())
}

#[test]
fn a_failed_run_does_not_wait_for_slots() {
    on_current_thread(|| async {
        let runtime = threads(2);
        let (run, release) = holder(&runtime, holds_the_slot::call).await;
        let failed = runtime.run(fails_beside_a_node_without_slot::call(Arc::default()));
        let error = failed.await.expect_err("a node fails");
        assert_eq!(error.node(), Some("fail-later"));
        drop(release);
        run.await.expect("the other run succeeds");
    });
}

#[task(concurrency = 1)]
fn hold_another_slot(started: &Latch, release: &Latch) {
    started.open();
    release.wait();
}

#[dag]
fn holds_another_slot(started: Arc<Latch>, release: Arc<Latch>) {
    hold_another_slot(&started, &release);
}

#[test]
fn a_cancelled_run_does_not_wait_for_slots() {
    on_current_thread(|| async {
        let runtime = threads(2);
        let (run, release) = holder(&runtime, holds_another_slot::call).await;
        let mut cancelled = runtime.start(holds_another_slot::call(Arc::default(), Arc::default()));
        step_back().await;
        cancelled.cancel();
        assert!(cancelled.await.expect_err("the run is cancelled").is_cancelled());
        drop(release);
        run.await.expect("the other run succeeds");
    });
}

#[task]
fn count(gauge: &Gauge) {
    gauge.enter();
}

#[dag]
fn counts(gauge: Arc<Gauge>) {
    count(&gauge);
}

#[dag]
async fn fails_beside_a_node_without_thread(gauge: Arc<Gauge>) -> Result<(), String> {
    count(&gauge);
    fail_later().await?;
    Ok(())
}

#[test]
fn a_failed_run_does_not_wait_for_compute_threads() {
    on_current_thread(|| async {
        let runtime = threads(1);
        let (run, release) = holder(&runtime, holds_a_thread::call).await;
        let gauge = Arc::<Gauge>::default();
        let failed = runtime.run(fails_beside_a_node_without_thread::call(Arc::clone(&gauge)));
        let error = failed.await.expect_err("a node fails");
        assert_eq!(error.node(), Some("fail-later"));
        drop(release);
        run.await.expect("the other run succeeds");
        assert_eq!(gauge.started(), 0, "nodes started after the failure");
    });
}

#[test]
fn a_cancelled_run_does_not_wait_for_compute_threads() {
    on_current_thread(|| async {
        let runtime = threads(1);
        let (run, release) = holder(&runtime, holds_a_thread::call).await;
        let gauge = Arc::<Gauge>::default();
        let mut cancelled = runtime.start(counts::call(Arc::clone(&gauge)));
        step_back().await;
        cancelled.cancel();
        assert!(cancelled.await.expect_err("the run is cancelled").is_cancelled());
        drop(release);
        run.await.expect("the other run succeeds");
        assert_eq!(gauge.started(), 0, "nodes started after `cancel`");
    });
}

#[test]
fn a_run_that_is_dropped_before_it_gets_a_thread_does_not_start() {
    on_current_thread(|| async {
        let runtime = threads(1);
        let (run, release) = holder(&runtime, holds_a_thread::call).await;
        let gauge = Arc::<Gauge>::default();
        let mut dropped = runtime.run(counts::call(Arc::clone(&gauge)));
        assert!(futures::poll!(&mut dropped).is_pending());
        drop(dropped);
        drop(release);
        run.await.expect("the other run succeeds");
        runtime.run(counts::call(Arc::default())).await.expect("this run succeeds");
        assert_eq!(gauge.started(), 0, "nodes started after the run was dropped");
    });
}

#[task(concurrency = 2)]
async fn two_at_a_time(n: usize, started: &Latch, release: &Latch) {
    started.open();
    if n == 0 {
        release.opened().await;
    }
}

#[dag]
async fn first_is_long(started: Arc<Latch>, release: Arc<Latch>) {
    two_at_a_time(0, &started, &release).await;
    two_at_a_time(1, &started, &release).await;
}

#[dag]
async fn is_short(latch: Arc<Latch>) {
    two_at_a_time(1, &latch, &latch).await;
}

/// The second node waits for the only slot of its run, and must not keep one of the task's meanwhile.
#[test]
fn what_waits_for_its_own_run_holds_no_slot_of_its_task() {
    on_current_thread(|| async {
        let runtime = Runtime::builder().max_concurrency(1).build();
        let (run, release) = holder(&runtime, first_is_long::call).await;
        step_back().await;
        is_short::call(Arc::default()).await.expect("the other run succeeds");
        drop(release);
        run.await.expect("the run succeeds");
    });
}
