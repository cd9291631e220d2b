//! Dropping the future of a run, or `cancel()`, ends it: nothing new starts, and async work is dropped.

use std::future::{IntoFuture, pending};
use std::sync::Arc;
use std::time::Duration;

use dagger::{Call, Runtime, dag, task};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::yield_now;

use crate::support::{
    Gauge, Latch, count_up, double, on_current_thread, on_multi_thread, still_works, threads, total,
};

/// Tells that it is there, and holds a sender for ever.
#[task]
async fn hold(n: usize, alive: UnboundedSender<usize>) {
    alive.send(n).expect("the test listens");
    pending::<()>().await;
}

#[dag]
async fn held_by_nodes(alive: UnboundedSender<usize>) {
    hold(0, alive.clone()).await;
    hold(1, alive.clone()).await;
}

#[dag]
async fn held_by_partitions(alive: UnboundedSender<usize>) {
    for n in count_up(50) {
        hold(n, alive.clone()).await;
    }
}

#[dag]
async fn held_deep_down(alive: UnboundedSender<usize>) {
    held_by_nodes(alive.clone()).await;
    for _ in count_up(10) {
        held_by_partitions(alive.clone()).await;
    }
}

#[task]
async fn hold_in_a_run(alive: UnboundedSender<usize>) {
    held_by_partitions::call(alive).await.expect("it never ends");
}

#[dag]
async fn held_by_an_inner_run(alive: UnboundedSender<usize>) {
    hold_in_a_run(alive.clone()).await;
}

/// Starts a run, waits until it holds something `count` times, drops it, and waits until it holds nothing any more.
fn assert_dropped(count: usize, call: fn(UnboundedSender<usize>) -> Call<()>) {
    let dropping = move || async move {
        let (alive, mut held) = unbounded_channel();
        let mut run = call(alive).into_future();
        for _ in 0..count {
            tokio::select! {
                _ = &mut run => panic!("the run ended"),
                n = held.recv() => assert!(n.is_some(), "the run has let go"),
            }
        }
        drop(run);
        assert_eq!(held.recv().await, None);
    };
    let dropping_the_handle = move || async move {
        let (alive, mut held) = unbounded_channel();
        let run = Runtime::default().start(call(alive));
        for _ in 0..count {
            assert!(held.recv().await.is_some(), "the run has let go");
        }
        drop(run);
        assert_eq!(held.recv().await, None);
    };
    on_current_thread(dropping);
    on_current_thread(dropping_the_handle);
    on_multi_thread(dropping);
    on_multi_thread(dropping_the_handle);
}

/// Cancels such a run; it must hold nothing any more when that is done.
fn assert_cancelled(count: usize, call: fn(UnboundedSender<usize>) -> Call<()>) {
    let cancelling = move || async move {
        let (alive, mut held) = unbounded_channel();
        let mut run = Runtime::default().start(call(alive));
        for _ in 0..count {
            assert!(held.recv().await.is_some(), "the run has let go");
        }
        run.cancel();
        let error = run.await.expect_err("the run is cancelled");
        assert!(error.is_cancelled() && !error.is_panic(), "{error}");
        assert_eq!(error.node(), None);
        assert!(held.try_recv().is_err() && held.is_closed(), "the cancelled run holds something");
    };
    on_current_thread(cancelling);
    on_multi_thread(cancelling);
}

#[test]
fn async_nodes_are_dropped() {
    assert_dropped(2, held_by_nodes::call);
    assert_cancelled(2, held_by_nodes::call);
}

#[test]
fn async_partitions_are_dropped() {
    assert_dropped(50, held_by_partitions::call);
    assert_cancelled(50, held_by_partitions::call);
}

#[test]
fn nested_dags_are_dropped() {
    assert_dropped(502, held_deep_down::call);
    assert_cancelled(502, held_deep_down::call);
}

#[test]
fn runs_within_tasks_are_dropped() {
    assert_dropped(50, held_by_an_inner_run::call);
}

#[task]
fn compute(
    started: &Latch,
    release: &Latch,
    alive: UnboundedSender<usize>,
) -> UnboundedSender<usize> {
    started.open();
    release.wait();
    alive
}

#[task]
fn go_on(alive: UnboundedSender<usize>, after: &Gauge) {
    after.enter();
    drop(alive);
}

#[dag]
async fn computes(
    started: Arc<Latch>,
    release: Arc<Latch>,
    alive: UnboundedSender<usize>,
    after: Arc<Gauge>,
) {
    let result = compute(&started, &release, alive);
    go_on(result, &after);
}

#[dag]
fn only_computes(
    started: Arc<Latch>,
    release: Arc<Latch>,
    alive: UnboundedSender<usize>,
    after: Arc<Gauge>,
) {
    let result = compute(&started, &release, alive);
    go_on(result, &after);
}

/// Dropping does not wait, or it would do so for ever.
#[test]
fn the_result_of_a_dropped_computation_is_dropped() {
    for call in [computes::call, only_computes::call] {
        let test = move || async move {
            let (alive, mut held) = unbounded_channel();
            let (started, release) = (Arc::<Latch>::default(), Arc::<Latch>::default());
            let after = Arc::<Gauge>::default();
            let runtime = threads(1);
            let call = call(Arc::clone(&started), Arc::clone(&release), alive, Arc::clone(&after));
            tokio::select! {
                _ = runtime.run(call) => panic!("the run ended"),
                () = started.opened() => {}
            }
            release.open();
            assert_eq!(held.recv().await, None);
            assert_eq!(after.started(), 0, "nodes started after the run was dropped");
            still_works(&runtime).await;
        };
        on_current_thread(test);
        on_multi_thread(test);
    }
}

#[task]
async fn wait_for(latch: &Latch) -> usize {
    latch.opened().await;
    1
}

#[task]
async fn count_later(n: usize, gauge: &Gauge) -> usize {
    gauge.enter();
    n
}

#[task]
fn count(n: usize, gauge: &Gauge) -> usize {
    gauge.enter();
    n
}

#[dag]
async fn counts_later(gauge: Arc<Gauge>, latch: Arc<Latch>) -> usize {
    let first = wait_for(&latch).await;
    let second = count_later(first, &gauge).await;
    let third = count(second, &gauge);
    total(vec![third, second])
}

#[dag]
async fn counts_at_once(gauge: Arc<Gauge>) -> usize {
    let first = count_later(1, &gauge).await;
    let second = count_later(first, &gauge).await;
    double(second)
}

#[dag]
fn computes_at_once(gauge: Arc<Gauge>) -> usize {
    let first = count(1, &gauge);
    let second = count(first, &gauge);
    double(second)
}

#[test]
fn a_run_that_is_cancelled_before_it_began_starts_nothing() {
    on_current_thread(|| async {
        for call in [counts_at_once::call, computes_at_once::call] {
            let gauge = Arc::<Gauge>::default();
            let mut run = threads(1).start(call(Arc::clone(&gauge)));
            // The only thread has been here ever since, so the run has not been polled.
            run.cancel();
            let error = run.await.expect_err("the run is cancelled");
            assert!(error.is_cancelled());
            assert_eq!(gauge.started(), 0, "nodes started after `cancel`");
        }
    });
}

#[test]
fn no_node_starts_once_the_run_is_cancelled() {
    on_current_thread(|| async {
        let (gauge, latch) = (Arc::<Gauge>::default(), Arc::<Latch>::default());
        let mut run = threads(1).start(counts_later::call(Arc::clone(&gauge), Arc::clone(&latch)));
        for _ in 0..10 {
            yield_now().await;
        }
        run.cancel();
        latch.open();
        let error = run.await.expect_err("the run is cancelled");
        assert!(error.is_cancelled());
        assert_eq!(gauge.started(), 0, "nodes started after `cancel`");
    });
}

#[test]
fn no_node_starts_once_the_future_is_dropped() {
    on_current_thread(|| async {
        let (gauge, latch) = (Arc::<Gauge>::default(), Arc::<Latch>::default());
        let mut run = counts_later::call(Arc::clone(&gauge), Arc::clone(&latch)).into_future();
        assert!(futures::poll!(&mut run).is_pending());
        drop(run);
        latch.open();
        for _ in 0..10 {
            yield_now().await;
        }
        assert_eq!(gauge.started(), 0, "nodes started after the run was dropped");
    });
}

#[test]
fn a_call_that_is_never_polled_does_nothing() {
    on_current_thread(|| async {
        let gauge = Arc::<Gauge>::default();
        drop(computes_at_once::call(Arc::clone(&gauge)));
        drop(Runtime::default().run(computes_at_once::call(Arc::clone(&gauge))));
        assert_eq!(gauge.started(), 0);
        assert_eq!(Arc::strong_count(&gauge), 1, "something of the call is left");
    });
}

#[test]
fn a_run_that_has_ended_keeps_its_result_when_it_is_cancelled() {
    let test = || async {
        for call in [counts_at_once::call, computes_at_once::call] {
            let mut run = Runtime::default().start(call(Arc::default()));
            while !run.is_finished() {
                yield_now().await;
            }
            run.cancel();
            run.cancel();
            assert_eq!(run.await.expect("the run succeeds"), 2);
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[test]
fn a_run_may_be_cancelled_twice() {
    on_current_thread(|| async {
        let mut run = Runtime::default().start(counts_later::call(Arc::default(), Arc::default()));
        yield_now().await;
        assert!(!run.is_finished());
        run.cancel();
        run.cancel();
        let error = run.await.expect_err("the run is cancelled");
        assert!(error.is_cancelled());
        assert_eq!(error.to_string(), "dag `counts-later` was cancelled");
    });
}

#[test]
fn a_timeout_ends_a_run() {
    on_current_thread(|| async {
        tokio::time::pause();
        let (alive, mut held) = unbounded_channel();
        let run = held_deep_down::call(alive).into_future();
        let ended = tokio::time::timeout(Duration::from_hours(1), run).await;
        assert!(ended.is_err(), "the run never ends");
        while held.recv().await.is_some() {}
    });
}
