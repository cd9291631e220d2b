//! `#[task(concurrency = …)]` bounds a task over all runs, and no nesting deadlocks over slots.

use std::sync::{Arc, Barrier};

use dagger::{Runtime, dag, task};
use tokio::sync::Barrier as AsyncBarrier;
use tokio::task::{JoinSet, yield_now};

use crate::support::{
    Gauge, Latch, OpenOnDrop, count_up, double, double_later, everywhere, on_current_thread,
    on_multi_thread, threads, total, watched,
};

/// The first three calls wait until three run.
#[task(concurrency = 3)]
fn three_at_a_time(n: usize, gauge: &Gauge, barrier: &Barrier) -> usize {
    let entered = gauge.enter();
    if entered.place < 3 {
        barrier.wait();
    }
    std::thread::yield_now();
    n
}

#[dag]
fn limited(end: usize, gauge: Arc<Gauge>, barrier: Arc<Barrier>) -> usize {
    let mut counted = Vec::new();
    for n in count_up(end) {
        counted.push(three_at_a_time(n, &gauge, &barrier));
    }
    total(counted)
}

#[test]
fn a_sync_task_is_bounded_over_all_runs() {
    on_multi_thread(|| async {
        let runtime = threads(8);
        let (gauge, barrier) = (Arc::<Gauge>::default(), Arc::new(Barrier::new(3)));
        let mut runs = JoinSet::new();
        for _ in 0..8 {
            let call = limited::call(30, Arc::clone(&gauge), Arc::clone(&barrier));
            runs.spawn(runtime.run(call));
        }
        for sum in runs.join_all().await {
            assert_eq!(sum.expect("the run succeeds"), 435);
        }
        assert_eq!((gauge.started(), gauge.most()), (240, 3));
    });
}

#[task(concurrency = 3)]
async fn three_at_a_time_later(n: usize, gauge: &Gauge, barrier: &AsyncBarrier) -> usize {
    let entered = gauge.enter();
    if entered.place < 3 {
        barrier.wait().await;
    }
    for _ in 0..n % 4 {
        yield_now().await;
    }
    n
}

#[dag]
async fn limited_later(end: usize, gauge: Arc<Gauge>, barrier: Arc<AsyncBarrier>) -> usize {
    let mut counted = Vec::new();
    for n in count_up(end) {
        counted.push(three_at_a_time_later(n, &gauge, &barrier).await);
    }
    total(counted)
}

#[test]
fn an_async_task_is_bounded_over_all_runs() {
    on_multi_thread(|| async {
        let (gauge, barrier) = (Arc::<Gauge>::default(), Arc::new(AsyncBarrier::new(3)));
        let mut runs = JoinSet::new();
        for most in 1..=8 {
            let call = limited_later::call(30, Arc::clone(&gauge), Arc::clone(&barrier));
            runs.spawn(Runtime::builder().max_concurrency(most * most).build().run(call));
        }
        for sum in runs.join_all().await {
            assert_eq!(sum.expect("the run succeeds"), 435);
        }
        assert_eq!((gauge.started(), gauge.most()), (240, 3));
    });
}

#[task(concurrency = 2)]
fn two_at_a_time(gauge: &Gauge, barrier: &Barrier) {
    let entered = gauge.enter();
    if entered.place < 2 {
        barrier.wait();
    }
}

#[dag]
fn limited_nodes(gauge: Arc<Gauge>, barrier: Arc<Barrier>) {
    two_at_a_time(&gauge, &barrier);
    two_at_a_time(&gauge, &barrier);
    two_at_a_time(&gauge, &barrier);
    two_at_a_time(&gauge, &barrier);
}

#[dag]
fn limited_nested_nodes(gauge: Arc<Gauge>, barrier: Arc<Barrier>) {
    for _ in count_up(5) {
        limited_nodes(gauge.clone(), barrier.clone());
    }
}

#[test]
fn a_task_is_bounded_wherever_it_is_called() {
    let gauge = Arc::<Gauge>::default();
    let call = limited_nested_nodes::call(Arc::clone(&gauge), Arc::new(Barrier::new(2)));
    watched("nested nodes", || threads(8).run_blocking(call)).expect("the run succeeds");
    assert_eq!((gauge.started(), gauge.most()), (20, 2));
}

#[dag]
fn sync_step(n: usize) -> usize {
    let first = double(n);
    double(first)
}

#[dag]
async fn async_step(n: usize) -> usize {
    let first = double(n);
    double_later(first).await
}

#[dag]
async fn async_inner(end: usize) -> usize {
    let mut stepped = Vec::new();
    for n in count_up(end) {
        stepped.push(async_step(n).await);
    }
    total(stepped)
}

#[dag]
fn sync_inner(end: usize) -> usize {
    let mut stepped = Vec::new();
    for n in count_up(end) {
        stepped.push(sync_step(n));
    }
    total(stepped)
}

/// Maps of nested DAGs with maps of nested DAGs, sync and async.
#[dag]
async fn everything(end: usize) -> usize {
    let first = async_inner(end).await;
    let mut inner = Vec::new();
    for n in count_up(end) {
        inner.push(async_inner(n).await);
    }
    let mut computed = Vec::new();
    for n in count_up(end) {
        computed.push(sync_inner(n));
    }
    let second = total(inner);
    let third = total(computed);
    let sum = total(vec![first, second, third]);
    double_later(sum).await
}

#[test]
fn one_slot_is_enough_for_any_nesting() {
    let runtime = Runtime::builder().max_concurrency(1).compute_threads(1).build();
    let sum = everywhere(&runtime, || everything::call(20));
    let runtime = Runtime::builder().max_concurrency(1).build();
    assert_eq!(everywhere(&runtime, || everything::call(20)), sum);
    assert_eq!(everywhere(&Runtime::default(), || everything::call(20)), sum);
}

#[task]
async fn run_inside(n: usize) -> usize {
    let runtime = Runtime::builder().max_concurrency(1).build();
    runtime.run(async_inner::call(n)).await.expect("the inner run succeeds")
}

#[dag]
async fn runs_inside(end: usize) -> usize {
    let mut sums = Vec::new();
    for n in count_up(end) {
        sums.push(run_inside(n).await);
    }
    total(sums)
}

#[test]
fn one_slot_is_enough_for_runs_within_tasks() {
    let runtime = Runtime::builder().max_concurrency(1).compute_threads(1).build();
    assert_eq!(everywhere(&runtime, || runs_inside::call(10)), 480);
}

#[task(concurrency = 1)]
async fn recurse_later(n: usize) -> usize {
    let inner = async_recursion(n);
    1 + inner.await
}

fn async_recursion(n: usize) -> futures::future::BoxFuture<'static, usize> {
    Box::pin(async move {
        if n == 0 { 0 } else { recursion_later::call(n - 1).await.expect("the inner run succeeds") }
    })
}

#[dag]
async fn recursion_later(n: usize) -> usize {
    recurse_later(n).await
}

#[test]
fn an_async_task_that_waits_for_a_run_holds_no_slot_of_its_own() {
    let depth = everywhere(&Runtime::default(), || recursion_later::call(3));
    assert_eq!(depth, 4);
}

#[task(concurrency = 1)]
fn recurse(n: usize) -> usize {
    if n == 0 { 1 } else { 1 + recursion::call(n - 1).run_blocking().expect("the run succeeds") }
}

#[dag]
fn recursion(n: usize) -> usize {
    recurse(n)
}

#[test]
fn a_sync_task_that_waits_for_a_run_holds_no_slot_of_its_own() {
    assert_eq!(everywhere(&threads(2), || recursion::call(3)), 4);
}

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
async fn fail_after_a_while() -> Result<(), String> {
    for _ in 0..100 {
        yield_now().await;
    }
    Err("failed".to_owned())
}

#[dag]
async fn fails_beside_a_waiting_node(latch: Arc<Latch>) -> Result<(), String> {
    hold_the_slot(&latch, &latch);
    fail_after_a_while().await?;
    Ok(())
}

/// The node that waits for the slot is not in flight, so the failed run has nothing to wait for.
#[test]
fn a_failed_run_does_not_wait_for_slots() {
    on_current_thread(|| async {
        let (started, release) = (Arc::<Latch>::default(), Arc::<Latch>::default());
        let release_in_the_end = OpenOnDrop(Arc::clone(&release));
        let runtime = threads(2);
        let holder = runtime.start(holds_the_slot::call(Arc::clone(&started), release));
        started.opened().await;

        let failed = runtime.run(fails_beside_a_waiting_node::call(Arc::default()));
        let error = failed.await.expect_err("a node fails");
        assert_eq!(error.node(), Some("fail-after-a-while"));
        drop(release_in_the_end);
        holder.await.expect("the other run succeeds");
    });
}

#[dag]
fn waits_for_the_slot(latch: Arc<Latch>) {
    hold_one_slot(&latch, &latch);
}

#[task(concurrency = 1)]
fn hold_one_slot(started: &Latch, release: &Latch) {
    started.open();
    release.wait();
}

#[dag]
fn holds_one_slot(started: Arc<Latch>, release: Arc<Latch>) {
    hold_one_slot(&started, &release);
}

#[test]
fn a_cancelled_run_does_not_wait_for_slots() {
    on_current_thread(|| async {
        let (started, release) = (Arc::<Latch>::default(), Arc::<Latch>::default());
        let release_in_the_end = OpenOnDrop(Arc::clone(&release));
        let runtime = threads(2);
        let holder = runtime.start(holds_one_slot::call(Arc::clone(&started), release));
        started.opened().await;

        let waiting = Arc::<Latch>::default();
        let mut cancelled = runtime.start(waits_for_the_slot::call(waiting));
        for _ in 0..100 {
            yield_now().await;
        }
        cancelled.cancel();
        assert!(cancelled.await.expect_err("the run is cancelled").is_cancelled());
        drop(release_in_the_end);
        holder.await.expect("the other run succeeds");
    });
}
