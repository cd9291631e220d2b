//! What a task that is called again gets, and what its failures are: an `Err`, a panic, but no value.

use std::num::ParseIntError;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::hand::{Task, node};
use dagger::{Dag, EventKind, Inputs, Runtime, dag, identity, task};

use crate::laws::Recorder;
use crate::shapes::{Act, Broken, Fault, Graph, Ledger, Options, Script, Shape, Token, call};
use crate::support::{count_up, quiet_panics, threads, total, watched};

/// A token that fails so often.
type Attempts = Arc<AtomicUsize>;

/// Fails so often, then succeeds.
fn attempt(left: &AtomicUsize) -> Result<(), Broken> {
    let take = |left: usize| left.checked_sub(1);
    match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take) {
        Ok(left) => Err(Broken(left)),
        Err(_) => Ok(()),
    }
}

#[task(retry(limit = 3))]
fn take(token: Token, left: &AtomicUsize) -> Result<Token, Broken> {
    attempt(left).map(|()| token)
}

#[task(retry(limit = 3))]
async fn take_later(token: Token, left: &AtomicUsize) -> Result<Token, Broken> {
    tokio::task::yield_now().await;
    attempt(left).map(|()| token)
}

#[task]
fn take_once(token: Token, left: &AtomicUsize) -> Result<Token, Broken> {
    attempt(left).map(|()| token)
}

#[task]
fn tokens(token: Token) -> Vec<Token> {
    vec![token]
}

#[task]
fn the_only(mut tokens: Vec<Token>) -> Token {
    tokens.pop().expect("a token")
}

#[dag]
fn takes(token: Token, left: Attempts) -> Result<Token, Broken> {
    take(token, &left)
}

#[dag]
async fn takes_later(token: Token, left: Attempts) -> Result<Token, Broken> {
    take_later(token, &left).await
}

#[dag]
fn maps(token: Token, left: Attempts) -> Result<Token, Broken> {
    let mut taken = Vec::new();
    for token in tokens(token) {
        taken.push(take(token, &left)?);
    }
    Ok(the_only(taken))
}

#[dag]
async fn maps_later(token: Token, left: Attempts) -> Result<Token, Broken> {
    let mut taken = Vec::new();
    for token in tokens(token) {
        taken.push(take_later(token, &left).await?);
    }
    Ok(the_only(taken))
}

#[dag]
fn takes_once(token: Token, left: Attempts) -> Result<Token, Broken> {
    take_once(token, &left)
}

/// The first attempts get clones, the last one gets the value itself; where an earlier one succeeds, the value is dropped.
#[test]
fn every_attempt_but_the_last_gets_a_clone() {
    watched("clones", || {
        let runtime = threads(2);
        for call in [takes::call, takes_later::call, maps::call, maps_later::call] {
            for left in 0..=4 {
                let ledger = Arc::<Ledger>::default();
                let token = Token::new(7, Vec::new(), &ledger);
                let result = runtime.run_blocking(call(token, Arc::new(left.into())));
                assert_eq!(result.is_ok(), left < 4);
                assert_eq!(ledger.cloned(), (left + 1).min(3), "{left} failures");
                drop(result);
                assert_eq!(ledger.alive(), 0);
            }
        }
        let ledger = Arc::<Ledger>::default();
        let token = Token::new(7, Vec::new(), &ledger);
        let result = runtime.run_blocking(takes_once::call(token, Arc::default()));
        assert!(result.is_ok() && ledger.cloned() == 0);
    });
}

/// The same in graphs by hand, for each kind of node.
#[test]
fn a_node_by_hand_clones_no_more_than_its_attempts_need() {
    watched("clones by hand", || {
        let runtime = threads(2);
        for asyncs in [0, !0] {
            // What is cloned for a second attempt: a token, or the three that a fan-in takes.
            for (position, tokens) in [(0, 1), (1, 3), (2, 3)] {
                for (once, options) in
                    [(true, Options::Retried), (false, Options::Retried), (false, Options::Plain)]
                {
                    let graph =
                        Graph { shape: Shape::FanOut, asyncs, special: (position, options) };
                    let fault = Fault { position, place: None, act: Act::Fail, once };
                    let faults = if once { vec![fault] } else { Vec::new() };
                    let (script, ledger) = (Script::new(faults, false), Arc::<Ledger>::default());
                    let result = runtime.run_blocking(call(&graph.build(), &script, &ledger));
                    drop(result.expect("the second attempt succeeds"));
                    let is_retried = options == Options::Retried;
                    let cloned = if is_retried { tokens } else { 0 };
                    assert_eq!(ledger.cloned(), cloned, "{graph:?}, once: {once}");
                    assert_eq!(ledger.alive(), 0);
                }
            }
        }
    });
}

#[task(retry(limit = 2))]
fn fail(n: usize, calls: &AtomicUsize) -> Result<usize, Broken> {
    calls.fetch_add(1, Ordering::SeqCst);
    if n.is_multiple_of(2) { Ok(n) } else { Err(Broken(n)) }
}

#[task(retry(limit = 2))]
async fn fail_later(n: usize, calls: &AtomicUsize) -> Result<usize, Broken> {
    tokio::task::yield_now().await;
    calls.fetch_add(1, Ordering::SeqCst);
    if n.is_multiple_of(2) { Ok(n) } else { Err(Broken(n)) }
}

#[task]
fn in_words(results: Vec<Result<usize, Broken>>) -> String {
    format!("{results:?}")
}

#[dag]
async fn errors_as_values(calls: Arc<AtomicUsize>) -> String {
    let first = fail(1, &calls);
    let second = fail_later(2, &calls).await;
    in_words(vec![first, second])
}

#[dag]
fn errors_of_a_map(calls: Arc<AtomicUsize>) -> String {
    let mut results = Vec::new();
    for n in count_up(3) {
        results.push(fail(n, &calls));
    }
    in_words(results)
}

#[dag]
async fn errors_of_an_async_map(calls: Arc<AtomicUsize>) -> String {
    let mut results = Vec::new();
    for n in count_up(3) {
        results.push(fail_later(n, &calls).await);
    }
    in_words(results)
}

#[test]
fn an_error_that_flows_on_is_retried_as_well() {
    watched("errors as values", || {
        let runtime = threads(2);
        let expected = [
            (errors_as_values::call as fn(_) -> _, "[Err(Broken(1)), Ok(2)]", 4),
            (errors_of_a_map::call, "[Ok(0), Err(Broken(1)), Ok(2)]", 5),
            (errors_of_an_async_map::call, "[Ok(0), Err(Broken(1)), Ok(2)]", 5),
        ];
        for (call, text, count) in expected {
            let calls = Arc::<AtomicUsize>::default();
            let result = runtime.run_blocking(call(Arc::clone(&calls)));
            assert_eq!(result.expect("an error is a value"), text);
            assert_eq!(calls.load(Ordering::SeqCst), count);
        }
    });
}

/// Fails `n % 4` times.
#[task(retry(limit = 3))]
fn scatter(n: usize, left: &[AtomicUsize]) -> Result<usize, Broken> {
    attempt(&left[n]).map(|()| n)
}

#[task(retry(limit = 3, backoff = "1ms"))]
async fn scatter_later(n: usize, left: &[AtomicUsize]) -> Result<usize, Broken> {
    attempt(&left[n]).map(|()| n)
}

#[dag]
fn scatters(end: usize, left: Arc<Vec<AtomicUsize>>) -> Result<Vec<usize>, Broken> {
    let mut results = Vec::new();
    for n in count_up(end) {
        results.push(scatter(n, &left)?);
    }
    Ok(identity(results))
}

#[dag]
async fn scatters_later(end: usize, left: Arc<Vec<AtomicUsize>>) -> Result<Vec<usize>, Broken> {
    let mut results = Vec::new();
    for n in count_up(end) {
        results.push(scatter_later(n, &left).await?);
    }
    Ok(identity(results))
}

#[test]
fn results_are_in_the_order_of_the_partitions_whichever_were_retried() {
    watched("an order", || {
        for runtime in [threads(1), threads(4)] {
            for call in [scatters::call, scatters_later::call] {
                let left = (0..200).map(|n| AtomicUsize::new(n * 7 % 4)).collect::<Vec<_>>();
                let results = runtime.run_blocking(call(200, Arc::new(left)));
                let results = results.expect("the last attempts succeed");
                assert_eq!(results, (0..200).collect::<Vec<_>>());
            }
        }
    });
}

/// Panics so often, then gives a value, which may be an `Option`, but is no `Result`.
#[task(retry(limit = 2))]
fn panic_so_often(left: &AtomicUsize) -> Option<usize> {
    assert!(attempt(left).is_ok(), "an attempt panics on purpose");
    None
}

#[dag]
fn panics(left: Attempts) -> usize {
    let none = panic_so_often(&left);
    is_none(none)
}

#[task]
fn is_none(value: Option<usize>) -> usize {
    usize::from(value.is_none())
}

#[test]
fn a_task_that_returns_no_result_is_retried_where_it_panics() {
    quiet_panics();
    watched("panics", || {
        let recorder = Recorder::default();
        let runtime = Runtime::builder().observer(recorder.clone()).build();
        for (left, retried) in [(0, 0), (1, 1), (2, 2), (3, 2)] {
            let result = runtime.run_blocking(panics::call(Arc::new(left.into())));
            match result {
                Ok(value) => assert_eq!((value, left < 3), (1, true)),
                Err(error) => {
                    assert!(error.is_panic() && left == 3, "{error:?}");
                    assert_eq!(error.attempt(), Some(3));
                }
            }
            let log = recorder.take();
            let is_retried = |kind: &EventKind| matches!(kind, EventKind::Retried { .. });
            assert_eq!(log.iter().filter(|event| is_retried(&event.kind)).count(), retried);
        }
    });
}

type Parsed = Result<u64, ParseIntError>;
type Tried<T> = anyhow::Result<T>;

#[task(retry(limit = 2))]
fn parse(text: String, calls: &AtomicUsize) -> Parsed {
    calls.fetch_add(1, Ordering::SeqCst);
    text.parse()
}

#[task(retry(limit = 2))]
async fn parse_later(text: String, calls: &AtomicUsize) -> Tried<u64> {
    calls.fetch_add(1, Ordering::SeqCst);
    Ok(text.parse()?)
}

#[dag]
fn parses(text: String, calls: Arc<AtomicUsize>) -> Result<u64, ParseIntError> {
    parse(text, &calls)
}

#[dag]
async fn parses_later(text: String, calls: Arc<AtomicUsize>) -> anyhow::Result<u64> {
    parse_later(text, &calls).await
}

#[test]
fn an_alias_of_a_result_is_one() {
    watched("aliases", || {
        for call in [parses::call, parses_later::call] {
            for (text, count) in [("7", 1), ("seven", 3)] {
                let calls = Arc::<AtomicUsize>::default();
                let result = call(text.to_owned(), Arc::clone(&calls)).run_blocking();
                assert_eq!(result.map_err(|error| error.attempt()).ok(), text.parse().ok());
                assert_eq!(calls.load(Ordering::SeqCst), count);
            }
        }
    });
}

#[test]
fn a_closure_has_one_attempt() {
    watched("a closure", || {
        let mut dag = Dag::builder("closures");
        let calls = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&calls);
        let numbers = dag.node(node!(count_up), (dagger::hand::constant(3_usize),));
        let fail = Task::new("fail", ["n"], move |n: usize| {
            counted.fetch_add(1, Ordering::SeqCst);
            if n == 1 { Err(Broken(n)) } else { Ok(n) }
        });
        let results = dag.try_map(fail, (numbers.each(),));
        let sum = dag.node(node!(total), (results,));
        dag.output("return_value", sum);
        let dag = dag.build().expect("a graph");
        let error = dagger::Call::by_name(&dag, Inputs::new()).run_blocking().map(|_| ());
        let error = error.expect_err("a partition fails");
        assert_eq!((error.attempt(), error.partition()), (None, Some(1)));
        assert!(calls.load(Ordering::SeqCst) <= 3);
    });
}
