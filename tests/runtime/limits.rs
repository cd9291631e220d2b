//! `max_concurrency` bounds what is in flight in a run, and lazy fan-outs are pulled as capacity frees.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use dagger::{Call, Runtime, dag, task};
use tokio::sync::Barrier as AsyncBarrier;
use tokio::task::yield_now;

use crate::support::{Gauge, Latch, count_up, on_current_thread, on_multi_thread, watched};

/// Tasks that count themselves; the first of them wait until as many run as may.
struct Probe {
    gauge: Gauge,
    most: usize,
    sync: Barrier,
    asynchronous: AsyncBarrier,
}

impl Probe {
    fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            gauge: Gauge::default(),
            most,
            sync: Barrier::new(most),
            asynchronous: AsyncBarrier::new(most),
        })
    }
}

#[task]
fn count_in(n: usize, probe: &Probe) -> usize {
    let entered = probe.gauge.enter();
    if entered.place < probe.most {
        probe.sync.wait();
    }
    std::thread::yield_now();
    n
}

#[task]
async fn count_in_later(n: usize, probe: &Probe) -> usize {
    let entered = probe.gauge.enter();
    if entered.place < probe.most {
        probe.asynchronous.wait().await;
    }
    for _ in 0..n % 5 {
        yield_now().await;
    }
    n
}

/// Runs a call in all ways with at most `most` tasks in flight; that many must be, and no more.
fn assert_bounded<T: Send + 'static>(most: usize, tasks: usize, call: fn(Arc<Probe>) -> Call<T>) {
    let runtime =
        move || Runtime::builder().max_concurrency(most).compute_threads(most + 2).build();
    let check = move |probe: &Probe, result: Result<T, dagger::Error>| {
        assert!(result.is_ok(), "{:?}", result.err());
        assert_eq!(probe.gauge.started(), tasks, "tasks started");
        assert_eq!(probe.gauge.most(), most, "tasks in flight");
    };
    watched("run_blocking", move || {
        let probe = Probe::new(most);
        check(&probe, runtime().run_blocking(call(Arc::clone(&probe))));
    });
    on_current_thread(move || async move {
        let probe = Probe::new(most);
        check(&probe, runtime().run(call(Arc::clone(&probe))).await);
    });
    on_multi_thread(move || async move {
        let probe = Probe::new(most);
        check(&probe, runtime().run(call(Arc::clone(&probe))).await);
    });
}

#[dag]
fn sync_map(end: usize, probe: Arc<Probe>) {
    for n in count_up(end) {
        count_in(n, &probe);
    }
}

#[test]
fn sync_partitions_are_bounded() {
    assert_bounded(3, 200, |probe| sync_map::call(200, probe));
    assert_bounded(1, 20, |probe| sync_map::call(20, probe));
}

#[dag]
async fn async_map(end: usize, probe: Arc<Probe>) {
    for n in count_up(end) {
        count_in_later(n, &probe).await;
    }
}

#[test]
fn async_partitions_are_bounded() {
    assert_bounded(7, 200, |probe| async_map::call(200, probe));
    assert_bounded(1, 20, |probe| async_map::call(20, probe));
    assert_bounded(100, 1000, |probe| async_map::call(1000, probe));
}

#[dag]
async fn joined_map(end: usize, probe: Arc<Probe>) {
    let numbers = count_up(end);
    let counted =
        futures::future::join_all(numbers.iter().map(|n| count_in_later(*n, &probe))).await;
    crate::support::total(counted);
}

#[test]
fn joined_partitions_are_bounded() {
    assert_bounded(7, 200, |probe| joined_map::call(200, probe));
}

#[dag]
fn sync_nodes(probe: Arc<Probe>) {
    count_in(1, &probe);
    count_in(2, &probe);
    count_in(3, &probe);
    count_in(4, &probe);
    count_in(5, &probe);
}

#[dag]
async fn async_nodes(probe: Arc<Probe>) {
    count_in_later(1, &probe).await;
    count_in_later(2, &probe).await;
    count_in_later(3, &probe).await;
    count_in_later(4, &probe).await;
    count_in_later(5, &probe).await;
}

#[test]
fn nodes_are_bounded() {
    assert_bounded(2, 5, sync_nodes::call);
    assert_bounded(1, 5, sync_nodes::call);
    assert_bounded(2, 5, async_nodes::call);
    assert_bounded(1, 5, async_nodes::call);
}

#[dag]
fn sync_steps(n: usize, probe: Arc<Probe>) -> usize {
    let first = count_in(n, &probe);
    count_in(first, &probe)
}

#[dag]
async fn async_steps(n: usize, probe: Arc<Probe>) -> usize {
    let first = count_in_later(n, &probe).await;
    count_in_later(first, &probe).await
}

#[dag]
fn nested_sync_map(end: usize, probe: Arc<Probe>) {
    for n in count_up(end) {
        sync_steps(n, probe.clone());
    }
}

#[dag]
async fn nested_async_map(end: usize, probe: Arc<Probe>) {
    for n in count_up(end) {
        async_steps(n, probe.clone()).await;
    }
}

#[test]
fn tasks_of_mapped_nested_dags_are_bounded() {
    assert_bounded(3, 100, |probe| nested_sync_map::call(50, probe));
    assert_bounded(1, 20, |probe| nested_sync_map::call(10, probe));
    assert_bounded(3, 100, |probe| nested_async_map::call(50, probe));
    assert_bounded(1, 20, |probe| nested_async_map::call(10, probe));
}

#[dag]
async fn maps_in_maps(end: usize, probe: Arc<Probe>) {
    for n in count_up(end) {
        nested_async_map(n, probe.clone()).await;
    }
}

#[dag]
fn sync_maps_in_maps(end: usize, probe: Arc<Probe>) {
    for n in count_up(end) {
        nested_sync_map(n, probe.clone());
    }
}

#[test]
fn tasks_of_maps_within_maps_are_bounded() {
    assert_bounded(3, 90, |probe| maps_in_maps::call(10, probe));
    assert_bounded(1, 90, |probe| maps_in_maps::call(10, probe));
    assert_bounded(3, 90, |probe| sync_maps_in_maps::call(10, probe));
    assert_bounded(1, 90, |probe| sync_maps_in_maps::call(10, probe));
}

#[dag]
async fn all_at_once(probe: Arc<Probe>) {
    async_map(20, probe.clone()).await;
    count_in_later(1, &probe).await;
    for n in count_up(20) {
        async_steps(n, probe.clone()).await;
    }
    nested_async_map(10, probe.clone()).await;
}

#[test]
fn everything_in_a_run_shares_the_bound() {
    assert_bounded(4, 81, all_at_once::call);
    assert_bounded(1, 81, all_at_once::call);
}

#[task]
fn count_and_meet_async(gauge: &Gauge, mine: &Latch, other: &Latch) {
    let _entered = gauge.enter();
    mine.open();
    other.wait();
}

#[task]
async fn count_and_meet_sync(_n: usize, gauge: &Gauge, mine: &Latch, other: &Latch) {
    let _entered = gauge.enter();
    mine.open();
    other.opened().await;
}

#[dag]
async fn sync_and_async(gauge: Arc<Gauge>, sync: Arc<Latch>, asynchronous: Arc<Latch>) {
    count_and_meet_async(&gauge, &sync, &asynchronous);
    count_and_meet_sync(0, &gauge, &asynchronous, &sync).await;
    count_and_meet_async(&gauge, &sync, &asynchronous);
    count_and_meet_async(&gauge, &sync, &asynchronous);
}

#[test]
fn sync_and_async_tasks_share_the_bound() {
    on_multi_thread(|| async {
        let gauge = Arc::<Gauge>::default();
        let call = sync_and_async::call(Arc::clone(&gauge), Arc::default(), Arc::default());
        let runtime = Runtime::builder().max_concurrency(2).compute_threads(4).build();
        runtime.run(call).await.expect("the run succeeds");
        assert_eq!((gauge.started(), gauge.most()), (4, 2));
    });
}

/// How far a lazy fan-out is ahead of the tasks that it feeds.
#[derive(Default)]
struct Lead {
    pulled: AtomicUsize,
    finished: AtomicUsize,
    most: AtomicUsize,
}

impl Lead {
    fn pull(&self) {
        let pulled = self.pulled.fetch_add(1, Ordering::SeqCst) + 1;
        let lead = pulled - self.finished.load(Ordering::SeqCst);
        self.most.fetch_max(lead, Ordering::SeqCst);
    }
}

/// Says how many items there are.
#[task]
fn pull_sized(end: usize, lead: Arc<Lead>) -> impl Iterator<Item = usize> + Send {
    (0..end).inspect(move |_| lead.pull())
}

/// Ends when it ends.
#[task]
fn pull_unsized(end: usize, lead: Arc<Lead>) -> impl Iterator<Item = usize> + Send {
    let mut next = 0;
    std::iter::from_fn(move || {
        next += 1;
        lead.pull();
        (next <= end).then_some(next)
    })
}

#[task]
async fn finish_later(n: usize, lead: &Lead) {
    for _ in 0..=n % 3 {
        yield_now().await;
    }
    lead.finished.fetch_add(1, Ordering::SeqCst);
}

#[dag]
async fn lazy_sized(end: usize, lead: Arc<Lead>) {
    for n in pull_sized(end, lead.clone()) {
        finish_later(n, &lead).await;
    }
}

#[dag]
async fn lazy_unsized(end: usize, lead: Arc<Lead>) {
    for n in pull_unsized(end, lead.clone()) {
        finish_later(n, &lead).await;
    }
}

/// With 10 in flight, 10 more may be waiting for each worker.
fn assert_short(call: fn(usize, Arc<Lead>) -> Call<()>) {
    let run = move |threads: &'static str| async move {
        let lead = Arc::<Lead>::default();
        let runtime = Runtime::builder().max_concurrency(10).build();
        runtime.run(call(20_000, Arc::clone(&lead))).await.expect("the run succeeds");
        let most = lead.most.load(Ordering::SeqCst);
        assert!(most <= 60, "{most} partitions pulled and not finished, {threads}");
    };
    on_current_thread(move || run("on one thread"));
    on_multi_thread(move || run("on several threads"));
}

#[test]
fn a_lazy_fan_out_is_not_pulled_far_ahead() {
    assert_short(lazy_sized::call);
}

#[test]
fn a_lazy_fan_out_of_unknown_length_is_not_pulled_far_ahead() {
    assert_short(lazy_unsized::call);
}

#[task]
fn count_for_ever() -> impl Iterator<Item = usize> + Send {
    0..
}

#[task]
fn at_most(n: usize, most: usize) -> Result<(), String> {
    if n > most { Err(format!("{n} is too many")) } else { Ok(()) }
}

#[task]
async fn at_most_later(n: usize, most: usize) -> Result<(), String> {
    yield_now().await;
    at_most(n, most)
}

#[dag]
fn endless(most: usize) -> Result<(), String> {
    for n in count_for_ever() {
        at_most(n, most)?;
    }
    Ok(())
}

#[dag]
async fn endless_later(most: usize) -> Result<(), String> {
    for n in count_for_ever() {
        at_most_later(n, most).await?;
    }
    Ok(())
}

#[test]
fn a_failure_ends_a_fan_out_that_has_no_end() {
    on_multi_thread(|| async {
        let error = endless::call(1000).await.expect_err("a partition fails");
        assert!(error.partition() > Some(1000), "{error}");
        let error = endless_later::call(1000).await.expect_err("a partition fails");
        assert!(error.partition() > Some(1000), "{error}");
    });
}
