//! `#[task(concurrency = …)]` bounds a task over all runs, and no nesting deadlocks over slots.

use std::sync::{Arc, Barrier};

use dagger::{Runtime, dag, task};
use tokio::sync::Barrier as AsyncBarrier;
use tokio::task::{JoinSet, yield_now};

use crate::support::{
    Gauge, Latch, count_up, double, double_later, everywhere, on_current_thread, on_multi_thread,
    quiet_panics, threads, total, watched,
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
async fn end_somehow(how: &str, started: &Latch) -> Result<usize, String> {
    started.open();
    yield_now().await;
    match how {
        "fail" => Err("failed".to_owned()),
        "panic" => panic!("it panics, on purpose"),
        "hang" => std::future::pending().await,
        _ => Ok(1),
    }
}

#[dag]
async fn ends_somehow(how: String, started: Arc<Latch>) -> Result<usize, String> {
    let ended = end_somehow(&how, &started).await?;
    Ok(double(ended))
}

#[dag]
async fn ends_as_a_value(how: String, started: Arc<Latch>) -> usize {
    let first = ends_somehow(how.clone(), started.clone()).await;
    let second = end_somehow(&how, &started).await;
    count_errors(vec![first, second])
}

#[task]
fn count_errors(results: Vec<Result<usize, String>>) -> usize {
    results.iter().filter(|result| result.is_err()).count()
}

#[test]
fn slots_are_free_again_however_a_run_ends() {
    quiet_panics();
    let test = || async {
        let runtime = Runtime::builder().max_concurrency(1).build();
        let run = |how: &str| runtime.start(ends_somehow::call(how.to_owned(), Arc::default()));
        assert!(run("fail").await.is_err());
        assert!(run("panic").await.expect_err("a task panics").is_panic());
        let started = Arc::<Latch>::default();
        let mut hanging =
            runtime.start(ends_somehow::call("hang".to_owned(), Arc::clone(&started)));
        started.opened().await;
        let mut waiting = run("");
        yield_now().await;
        waiting.cancel();
        assert!(waiting.await.expect_err("the run is cancelled").is_cancelled());
        hanging.cancel();
        assert!(hanging.await.expect_err("the run is cancelled").is_cancelled());
        let call = ends_as_a_value::call("fail".to_owned(), Arc::default());
        assert_eq!(runtime.run(call).await.expect("the run succeeds"), 2);
        assert_eq!(run("").await.expect("the run succeeds"), 2);
    };
    // One after the other: there is one slot in the process.
    on_current_thread(test);
    on_multi_thread(test);
}
