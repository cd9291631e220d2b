//! A runtime that is to find all failures: a map with a failed partition works on the others, and the error has all.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::{Call, Error, Runtime, RuntimeBuilder, dag, task};

use crate::laws::{End, Observed, Recorder};
use crate::shapes::{Act, Broken, Fault, Graph, Ledger, Options, Script, Shape, call};
use crate::support::{
    Gauge, Latch, count_up, double, on_current_thread, on_multi_thread, quiet_panics, total,
    watched,
};

/// Every tenth partition, from 3 on.
const FAILED: [usize; 10] = [3, 13, 23, 33, 43, 53, 63, 73, 83, 93];

fn fails(n: usize) -> bool {
    n % 10 == 3
}

#[task]
fn check(n: usize, ran: &AtomicUsize) -> Result<usize, Broken> {
    ran.fetch_add(1, Ordering::SeqCst);
    if fails(n) { Err(Broken(n)) } else { Ok(n) }
}

#[task]
async fn check_later(n: usize, ran: &AtomicUsize) -> Result<usize, Broken> {
    for _ in 0..n % 3 {
        tokio::task::yield_now().await;
    }
    ran.fetch_add(1, Ordering::SeqCst);
    if fails(n) { Err(Broken(n)) } else { Ok(n) }
}

#[task]
fn check_or_panic(n: usize, ran: &AtomicUsize) -> usize {
    ran.fetch_add(1, Ordering::SeqCst);
    assert!(!fails(n), "{n} panics on purpose");
    n
}

#[task]
async fn check_or_panic_later(n: usize, ran: &AtomicUsize) -> usize {
    tokio::task::yield_now().await;
    ran.fetch_add(1, Ordering::SeqCst);
    assert!(!fails(n), "{n} panics on purpose");
    n
}

#[task(retry(limit = 1), label = format!("no. {n}"))]
fn check_twice(n: usize, ran: &AtomicUsize) -> Result<usize, Broken> {
    if !fails(n) {
        ran.fetch_add(2, Ordering::SeqCst);
        return Ok(n);
    }
    ran.fetch_add(1, Ordering::SeqCst);
    Err(Broken(n))
}

#[dag]
fn checks(end: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    let mut checked = Vec::new();
    for n in count_up(end) {
        checked.push(check(n, &ran)?);
    }
    Ok(total(checked))
}

#[dag]
async fn checks_later(end: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    let mut checked = Vec::new();
    for n in count_up(end) {
        checked.push(check_later(n, &ran).await?);
    }
    Ok(total(checked))
}

#[dag]
fn checks_or_panics(end: usize, ran: Arc<AtomicUsize>) -> usize {
    let mut checked = Vec::new();
    for n in count_up(end) {
        checked.push(check_or_panic(n, &ran));
    }
    total(checked)
}

#[dag]
async fn checks_or_panics_later(end: usize, ran: Arc<AtomicUsize>) -> usize {
    let mut checked = Vec::new();
    for n in count_up(end) {
        checked.push(check_or_panic_later(n, &ran).await);
    }
    total(checked)
}

#[dag]
fn checks_twice(end: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    let mut checked = Vec::new();
    for n in count_up(end) {
        checked.push(check_twice(n, &ran)?);
    }
    Ok(total(checked))
}

#[dag]
fn check_one(n: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    check(n, &ran)
}

#[dag]
async fn check_one_later(n: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    check_later(n, &ran).await
}

#[dag]
fn checks_within(end: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    let mut checked = Vec::new();
    for n in count_up(end) {
        checked.push(check_one(n, ran.clone())?);
    }
    Ok(total(checked))
}

#[dag]
async fn checks_within_later(end: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    let mut checked = Vec::new();
    for n in count_up(end) {
        checked.push(check_one_later(n, ran.clone()).await?);
    }
    Ok(total(checked))
}

#[task]
fn ends(end: usize) -> Vec<usize> {
    vec![end; 2]
}

#[dag]
fn checks_twice_within(end: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    let mut checked = Vec::new();
    for end in ends(end) {
        checked.push(checks(end, ran.clone())?);
    }
    Ok(total(checked))
}

#[dag]
fn checks_once_within(end: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    let checked = checks(end, ran.clone())?;
    Ok(double(checked))
}

#[dag]
fn collects(end: usize, ran: Arc<AtomicUsize>) -> Result<usize, Broken> {
    let numbers = count_up(end);
    let checked = numbers.iter().map(|n| check(*n, &ran)).collect::<Result<Vec<_>, _>>()?;
    Ok(total(checked))
}

type Checks = fn(usize, Arc<AtomicUsize>) -> Call<usize>;

fn all() -> RuntimeBuilder {
    Runtime::builder().all_failures()
}

/// Runs a call over 100 partitions in all ways, on several numbers of threads, and asks for its error and that all ran.
fn assert_all(checks: Checks, ran: usize, look: fn(&Error)) {
    quiet_panics();
    for threads in [1, 2, 8] {
        let runtime = all().compute_threads(threads).build();
        let seen = move |result: Result<usize, Error>, count: &AtomicUsize| {
            look(&result.expect_err("partitions fail"));
            assert_eq!(count.load(Ordering::SeqCst), ran, "partitions that ran");
        };
        let (here, count) = (runtime.clone(), Arc::<AtomicUsize>::default());
        let call = checks(100, Arc::clone(&count));
        seen(watched("run_blocking", move || here.run_blocking(call)), &count);
        let run = move || async move {
            let count = Arc::<AtomicUsize>::default();
            let call = checks(100, Arc::clone(&count));
            seen(runtime.run(call).await, &count);
        };
        on_current_thread(run.clone());
        on_multi_thread(run);
    }
}

/// The error, and the others, in their order.
fn failures(error: &Error) -> impl Iterator<Item = &Error> {
    std::iter::once(error).chain(error.others())
}

fn partitions(error: &Error) -> Vec<Option<usize>> {
    failures(error).map(Error::partition).collect()
}

fn sources(error: &Error) -> Vec<usize> {
    let source = |error: &Error| match error.source().and_then(|e| e.downcast_ref::<Broken>()) {
        Some(Broken(n)) => *n,
        None => panic!("{error:?} has another source"),
    };
    failures(error).map(source).collect()
}

fn has_all(error: &Error) {
    assert_eq!(partitions(error), FAILED.map(Some));
    assert!(error.others().iter().all(|other| other.others().is_empty()));
    assert!(error.to_string().ends_with("; 9 other partitions failed as well"), "{error}");
}

#[test]
fn all_partitions_run_and_the_error_has_all_failures() {
    for checks in [checks::call, checks_later::call, checks_within::call, checks_within_later::call]
    {
        assert_all(checks, 100, |error| {
            has_all(error);
            assert_eq!(sources(error), FAILED);
            let paths: Vec<_> = failures(error).map(|error| error.path().len()).collect();
            let depth = if error.dag().starts_with("checks-within") { 2 } else { 1 };
            assert_eq!(paths, [depth; 10]);
        });
    }
}

#[test]
fn all_failures_of_maps_of_maps_are_there() {
    assert_all(checks_once_within::call, 100, |error| {
        has_all(error);
        assert_eq!(sources(error), FAILED);
        assert!(failures(error).all(|error| error.path().len() == 2), "{error:?}");
    });
    assert_all(checks_twice_within::call, 200, |error| {
        assert_eq!(sources(error), [FAILED, FAILED].concat());
        let paths: Vec<Vec<_>> = failures(error)
            .map(|error| error.path().iter().map(|frame| frame.partition.unwrap()).collect())
            .collect();
        let expected = |part| FAILED.map(|partition| vec![part, partition]);
        assert_eq!(paths, [expected(0), expected(1)].concat());
    });
}

#[test]
fn panics_are_failures_among_others() {
    for checks in [checks_or_panics::call, checks_or_panics_later::call] {
        assert_all(checks, 100, |error| {
            has_all(error);
            for (error, n) in failures(error).zip(FAILED) {
                assert!(error.is_panic(), "{error:?}");
                assert!(error.to_string().contains(&format!("panicked: {n} panics")), "{error}");
            }
        });
    }
}

#[test]
fn all_failures_are_those_of_the_last_attempts() {
    assert_all(checks_twice::call, 200, |error| {
        has_all(error);
        assert_eq!(sources(error), FAILED);
        for (error, n) in failures(error).zip(FAILED) {
            assert_eq!((error.attempt(), error.label()), (Some(2), Some(&format!("no. {n}")[..])));
        }
    });
}

#[test]
fn a_map_that_collects_into_a_result_has_one_error() {
    assert_all(collects::call, 100, |error| {
        assert_eq!((partitions(error), sources(error)), (vec![Some(3)], vec![3]));
    });
}

#[test]
fn without_failures_nothing_is_different() {
    watched("no failures", || {
        for checks in [checks::call, checks_later::call, checks_within::call, collects::call] {
            assert_eq!(
                all().build().run_blocking(checks(3, Arc::default())).expect("it succeeds"),
                3
            );
        }
    });
}

/// The laws hold, all values are dropped, and failures in the maps of nested dags count one by one.
#[test]
fn all_failures_obey_the_laws() {
    quiet_panics();
    watched("all failures", || {
        let recorder = Recorder::default();
        for threads in [1, 4] {
            let runtime = all().compute_threads(threads).observer(recorder.clone()).build();
            for (shape, position, count) in [
                (Shape::FanOut, 1, 3),
                (Shape::Nested, 1, 3),
                (Shape::Nested, 2, 9),
                (Shape::Nested, 3, 3),
                (Shape::Nested, 4, 1),
            ] {
                for (asyncs, act) in
                    [(0, Act::Fail), (!0, Act::Fail), (0, Act::Panic), (!0, Act::Panic)]
                {
                    let graph = Graph { shape, asyncs, special: (position, Options::Plain) };
                    let fault = Fault { position, place: None, act, once: false };
                    let (script, ledger) =
                        (Script::new(vec![fault], true), Arc::<Ledger>::default());
                    let dag = graph.build();
                    let error = runtime.run_blocking(call(&dag, &script, &ledger)).map(|_| ());
                    let error = error.expect_err("partitions fail");
                    let log = recorder.take();
                    let observed = Observed { dag: &dag, log: &log, end: End::Error(&error) };
                    observed.obeys_all_laws(&|| format!("{graph:?}: {act:?} at {position}"));
                    assert_eq!(ledger.alive(), 0);
                    let path = |error: &Error| {
                        error.path().iter().map(|frame| frame.partition).collect::<Vec<_>>()
                    };
                    let paths: Vec<_> = failures(&error).map(path).collect();
                    assert!(paths.is_sorted() && paths.len() == count, "{graph:?}: {paths:?}");
                }
            }
        }
    });
}

#[derive(Debug, Default)]
struct Hall {
    entered: Gauge,
    failed: Latch,
}

#[task]
async fn fail_or_hang(n: usize, hall: &Hall) -> Result<usize, Broken> {
    hall.entered.enter();
    if n == 0 {
        hall.failed.open();
        return Err(Broken(n));
    }
    std::future::pending().await
}

#[dag]
async fn one_fails_and_others_hang(hall: Arc<Hall>) -> Result<usize, Broken> {
    let mut held = Vec::new();
    for n in count_up(100) {
        held.push(fail_or_hang(n, &hall).await?);
    }
    Ok(total(held))
}

#[test]
fn a_cancellation_ends_a_map_that_has_failed() {
    let test = || async {
        let hall = Arc::<Hall>::default();
        let runtime = all().max_concurrency(10).build();
        let mut run = runtime.start(one_fails_and_others_hang::call(Arc::clone(&hall)));
        hall.failed.opened().await;
        hall.entered.reached(11).await;
        assert!(!run.is_finished(), "it works on the other partitions");
        run.cancel();
        let error = run.await.expect_err("it is cancelled");
        assert!(error.is_cancelled() && error.others().is_empty(), "{error:?}");
        assert_eq!((hall.entered.started(), Arc::strong_count(&hall)), (11, 1));
    };
    on_current_thread(test);
    on_multi_thread(test);
}
