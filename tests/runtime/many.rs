//! Many runs, runs within runs within runs, and many partitions.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use dagger::{Call, RunHandle, Runtime, dag, task};
use futures::future::join_all;
use tokio::task::yield_now;

use crate::laws::Recorder;
use crate::shapes::{Broken, Ledger, Token};
use crate::support::{
    count_lazily, double, double_later, on_current_thread, on_multi_thread, quiet_panics,
    still_works, threads, total, watched,
};

#[dag]
async fn doubles(end: usize) -> usize {
    let mut doubled = Vec::new();
    for n in count_lazily(end) {
        doubled.push(double_later(n).await);
    }
    let mut again = Vec::new();
    for n in dagger::identity(doubled) {
        again.push(double(n));
    }
    total(again)
}

#[dag]
async fn fails_at_odd(end: usize) -> Result<usize, Broken> {
    let sum = doubles(end).await;
    fail_if_odd(end, sum)
}

#[task]
fn fail_if_odd(end: usize, sum: usize) -> Result<usize, Broken> {
    if end % 2 == 1 { Err(Broken(end)) } else { Ok(sum) }
}

#[test]
fn a_thousand_runs_at_a_time_do_not_disturb_each_other() {
    let test = || async {
        for runtime in [threads(1), threads(4), Runtime::builder().max_concurrency(1).build()] {
            let runs = (0..1000).map(|n| runtime.start(fails_at_odd::call(n)));
            for (n, result) in join_all(runs.collect::<Vec<_>>()).await.into_iter().enumerate() {
                match result {
                    Ok(sum) => assert_eq!((sum, n % 2), (4 * (n * n.saturating_sub(1) / 2), 0)),
                    Err(error) => assert_eq!((error.node(), n % 2), (Some("fail-if-odd"), 1)),
                }
            }
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

/// How an async task runs a dag.
#[derive(Debug, Clone, Copy)]
enum Way {
    Run,
    Start,
    Block,
}

impl Way {
    /// How many of them there are at a time: who blocks has a thread of tokio's.
    fn width(self) -> usize {
        if matches!(self, Self::Block) { 1 } else { 3 }
    }
}

/// Where a run is within others.
#[derive(Clone)]
struct Within {
    depth: usize,
    way: Way,
    runtime: Runtime,
    calls: Arc<AtomicUsize>,
}

#[task]
fn levels(within: Within) -> Vec<Within> {
    within.calls.fetch_add(1, Ordering::SeqCst);
    let width = within.way.width();
    vec![within; width]
}

/// Blocks on a run of the same runtime.
#[task]
fn go_down(within: Within) -> usize {
    within.calls.fetch_add(1, Ordering::SeqCst);
    let Some(depth) = within.depth.checked_sub(1) else { return 1 };
    let runtime = within.runtime.clone();
    let within = Within { depth, ..within };
    // Sync below async, and async below sync.
    let call = if depth % 2 == 0 { goes_down::call(within) } else { goes_down_later::call(within) };
    runtime.run_blocking(call).expect("the inner run succeeds")
}

#[task]
async fn go_down_later(within: Within) -> usize {
    within.calls.fetch_add(1, Ordering::SeqCst);
    let Some(depth) = within.depth.checked_sub(1) else { return 1 };
    let (runtime, way) = (within.runtime.clone(), within.way);
    let within = Within { depth, ..within };
    let call = if depth % 2 == 0 { goes_down::call(within) } else { goes_down_later::call(within) };
    let result = match way {
        Way::Run => runtime.run(call).await,
        Way::Start => runtime.start(call).await,
        Way::Block => runtime.run_blocking(call),
    };
    result.expect("the inner run succeeds")
}

#[dag]
fn goes_down(within: Within) -> usize {
    let mut below = Vec::new();
    for within in levels(within) {
        below.push(go_down(within));
    }
    total(below)
}

#[dag]
async fn goes_down_later(within: Within) -> usize {
    let mut below = Vec::new();
    for within in levels(within) {
        below.push(go_down_later(within).await);
    }
    total(below)
}

/// Three levels below the first: 1 + 3 + 9 + 27 runs.
#[test]
fn runs_within_runs_get_by_with_one_thread() {
    for way in [Way::Run, Way::Start, Way::Block] {
        for (is_async, runtime) in [(false, threads(1)), (true, threads(1)), (true, threads(2))] {
            runs_within_runs_end(way, is_async, runtime);
        }
    }
}

fn runs_within_runs_end(way: Way, is_async: bool, runtime: Runtime) {
    let call = move |runtime: &Runtime, calls: &Arc<AtomicUsize>| {
        let within = Within { depth: 3, way, runtime: runtime.clone(), calls: Arc::clone(calls) };
        if is_async { goes_down_later::call(within) } else { goes_down::call(within) }
    };
    let check = move |result: Result<usize, dagger::Error>, calls: &AtomicUsize| {
        let width = way.width();
        assert_eq!(result.expect("no run waits for itself"), width.pow(4));
        let tasks: usize = (0..4).map(|depth| width.pow(depth) * (1 + width)).sum();
        assert_eq!(calls.load(Ordering::SeqCst), tasks);
    };
    let (here, calls) = (runtime.clone(), Arc::<AtomicUsize>::default());
    let blocking = call(&here, &calls);
    check(watched(&format!("{way:?}"), move || here.run_blocking(blocking)), &calls);
    let run = move || async move {
        let calls = Arc::<AtomicUsize>::default();
        let result = runtime.run(call(&runtime, &calls)).await;
        check(result, &calls);
        still_works(&runtime).await;
    };
    // A task that blocks the only thread of tokio's stops all there.
    if !matches!(way, Way::Block) {
        on_current_thread(run.clone());
    }
    on_multi_thread(run);
}

/// A run that goes on when the one that started it has ended.
type Started = Arc<Mutex<Option<RunHandle<usize>>>>;

#[task]
fn start_within(runtime: Runtime, started: Started) -> bool {
    let inner = starts::call(runtime.clone(), started);
    runtime.run_blocking(inner).expect("the inner run succeeds")
}

#[task]
async fn start_a_run(runtime: Runtime, started: Started) -> bool {
    *started.lock().unwrap() = Some(runtime.start(doubles::call(100)));
    true
}

#[dag]
async fn starts(runtime: Runtime, started: Started) -> bool {
    start_a_run(runtime, started).await
}

#[dag]
fn starts_within(runtime: Runtime, started: Started) -> bool {
    start_within(runtime, started)
}

#[test]
fn a_started_run_outlives_the_run_that_it_was_started_in() {
    for threads in [threads(1), threads(2)] {
        on_multi_thread(move || async move {
            for _ in 0..50 {
                let started = Started::default();
                let call = starts_within::call(threads.clone(), Arc::clone(&started));
                assert!(threads.run(call).await.expect("the run succeeds"));
                let handle = started.lock().unwrap().take().expect("it was started");
                assert_eq!(handle.await.expect("it goes on"), 2 * 2 * 4950);
            }
        });
    }
}

const MILLION: usize = 1_000_000;

/// What a partition is to do, and who counts.
#[derive(Clone, Default)]
struct Trouble {
    fails: Option<usize>,
    panics: Option<usize>,
    calls: Arc<AtomicUsize>,
    ledger: Arc<Ledger>,
}

impl Trouble {
    fn pass(&self, token: Token) -> Result<Token, Broken> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        assert!(self.panics != Some(token.value), "{} panics on purpose", token.value);
        if self.fails == Some(token.value) { Err(Broken(token.value)) } else { Ok(token) }
    }
}

#[task]
fn tokens(trouble: &Trouble) -> Vec<Token> {
    (0..MILLION).map(|n| Token::new(n, Vec::new(), &trouble.ledger)).collect()
}

#[task]
fn tokens_lazily(trouble: Trouble) -> impl Iterator<Item = Token> + Send {
    (0..MILLION).map(move |n| Token::new(n, Vec::new(), &trouble.ledger))
}

#[task]
fn pass(token: Token, trouble: &Trouble) -> Result<Token, Broken> {
    trouble.pass(token)
}

#[task]
async fn pass_later(token: Token, trouble: &Trouble) -> Result<Token, Broken> {
    if token.value.is_multiple_of(1000) {
        yield_now().await;
    }
    trouble.pass(token)
}

#[task]
fn count(tokens: Vec<Token>) -> usize {
    tokens.len()
}

#[dag]
fn passes(trouble: Trouble) -> Result<usize, Broken> {
    let mut passed = Vec::new();
    for token in tokens(&trouble) {
        passed.push(pass(token, &trouble)?);
    }
    Ok(count(passed))
}

#[dag]
async fn passes_later(trouble: Trouble) -> Result<usize, Broken> {
    let mut passed = Vec::new();
    for token in tokens_lazily(trouble.clone()) {
        passed.push(pass_later(token, &trouble).await?);
    }
    Ok(count(passed))
}

/// Runs a map that ends early; nothing of it is left, and nothing goes on.
async fn ends(
    runtime: &Runtime,
    trouble: Trouble,
    call: fn(Trouble) -> Call<usize>,
) -> dagger::Error {
    let (calls, ledger) = (Arc::clone(&trouble.calls), Arc::clone(&trouble.ledger));
    let error = runtime.run(call(trouble)).await.expect_err("a partition is in trouble");
    let (called, alive) = (calls.load(Ordering::SeqCst), ledger.alive());
    assert_eq!((alive, Arc::strong_count(&ledger)), (0, 1), "values are left");
    still_works(runtime).await;
    assert_eq!(calls.load(Ordering::SeqCst), called, "partitions go on after the end");
    assert!(called <= MILLION);
    error
}

#[test]
fn a_million_partitions_whose_last_one_fails_leave_nothing() {
    let test = || async {
        let runtime = threads(4);
        for call in [passes::call, passes_later::call] {
            let trouble = Trouble { fails: Some(MILLION - 1), ..Trouble::default() };
            let error = ends(&runtime, trouble, call).await;
            assert_eq!(error.partition(), Some(MILLION - 1));
        }
    };
    on_multi_thread(test);
}

#[test]
fn a_million_partitions_whose_first_one_panics_leave_nothing() {
    quiet_panics();
    let test = || async {
        let recorder = Recorder::default();
        let builder = Runtime::builder().compute_threads(4);
        for runtime in [builder.clone().build(), builder.observer(recorder.clone()).build()] {
            for call in [passes::call, passes_later::call] {
                let trouble = Trouble { panics: Some(0), ..Trouble::default() };
                let error = ends(&runtime, trouble, call).await;
                assert!(error.is_panic() && error.partition() == Some(0), "{error:?}");
            }
        }
        assert!(recorder.len() > 0);
    };
    on_current_thread(test);
    on_multi_thread(test);
}
