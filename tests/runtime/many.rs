//! Many runs, runs within runs within runs, and many partitions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::{Call, Runtime, dag, task};
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

/// Where a run is within others.
#[derive(Clone)]
struct Within {
    depth: usize,
    runtime: Runtime,
    calls: Arc<AtomicUsize>,
}

#[task]
fn levels(within: Within) -> Vec<Within> {
    within.calls.fetch_add(1, Ordering::SeqCst);
    vec![within; 3]
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
    let runtime = within.runtime.clone();
    let within = Within { depth, ..within };
    let call = if depth % 2 == 0 { goes_down::call(within) } else { goes_down_later::call(within) };
    runtime.run(call).await.expect("the inner run succeeds")
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
    let call = |runtime: &Runtime, calls: &Arc<AtomicUsize>, is_async: bool| {
        let within = Within { depth: 3, runtime: runtime.clone(), calls: Arc::clone(calls) };
        if is_async { goes_down_later::call(within) } else { goes_down::call(within) }
    };
    for is_async in [false, true] {
        for runtime in [threads(1), threads(2)] {
            let check = move |result: Result<usize, dagger::Error>, calls: &AtomicUsize| {
                assert_eq!(result.expect("no run waits for itself"), 81);
                assert_eq!(calls.load(Ordering::SeqCst), 40 + 120);
            };
            let (here, calls) = (runtime.clone(), Arc::<AtomicUsize>::default());
            let blocking = call(&here, &calls, is_async);
            check(watched("run_blocking", move || here.run_blocking(blocking)), &calls);
            let run = move || async move {
                let calls = Arc::<AtomicUsize>::default();
                let result = runtime.run(call(&runtime, &calls, is_async)).await;
                check(result, &calls);
                still_works(&runtime).await;
            };
            on_current_thread(run.clone());
            on_multi_thread(run);
        }
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
