//! What an error says: which DAG, which node, which partition, by which way, and why.

use std::error::Error as _;
use std::fmt;

use dagger::{Error, Runtime, dag, task};

use crate::support::{count_lazily, count_up, double, fails_everywhere, threads, total};

/// An error of a task's own, which the run's error leads to.
#[derive(Debug, PartialEq)]
struct Broken(usize);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "number {} is broken", self.0)
    }
}

impl std::error::Error for Broken {}

/// An error with a source.
#[derive(Debug)]
struct Outer(Broken);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the step failed")
    }
}

impl std::error::Error for Outer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl From<Broken> for Outer {
    fn from(error: Broken) -> Self {
        Self(error)
    }
}

fn broken(error: &Error) -> Option<&Broken> {
    error.source().and_then(|source| source.downcast_ref())
}

fn path(error: &Error) -> Vec<(&str, Option<usize>)> {
    error.path().iter().map(|frame| (frame.node.as_str(), frame.partition)).collect()
}

fn sources(error: &Error) -> Vec<String> {
    let mut sources = Vec::new();
    let mut next = error.source();
    while let Some(source) = next {
        sources.push(source.to_string());
        next = source.source();
    }
    sources
}

#[task]
fn break_at(n: usize, at: usize) -> Result<usize, Broken> {
    if n == at { Err(Broken(n)) } else { Ok(n) }
}

#[task]
async fn break_at_later(n: usize, at: usize) -> Result<usize, Broken> {
    tokio::task::yield_now().await;
    break_at(n, at)
}

#[dag]
fn sync_node(at: usize) -> Result<usize, Broken> {
    let first = double(at);
    Ok(double(break_at(first, at * 2)?))
}

#[dag]
async fn async_node(at: usize) -> Result<usize, Broken> {
    let first = double(at);
    Ok(double(break_at_later(first, at * 2).await?))
}

#[test]
fn the_node_is_named() {
    fails_everywhere(
        &threads(2),
        || sync_node::call(3),
        |error| {
            assert_eq!(error.dag(), "sync-node");
            assert_eq!(error.node(), Some("break-at"));
            assert_eq!(error.partition(), None);
            assert_eq!(path(error), [("break-at", None)]);
            assert_eq!(broken(error), Some(&Broken(6)));
            assert!(!error.is_panic() && !error.is_cancelled());
            assert_eq!(error.to_string(), "dag `sync-node`, node `break-at` failed");
        },
    );
    fails_everywhere(
        &threads(2),
        || async_node::call(3),
        |error| {
            assert_eq!(path(error), [("break-at-later", None)]);
            assert_eq!(broken(error), Some(&Broken(6)));
        },
    );
}

#[dag]
fn one_of_three(at: usize) -> Result<usize, Broken> {
    let first = break_at(1, at)?;
    let second = break_at(first + 1, at)?;
    break_at(second + 1, at)
}

#[test]
fn calls_of_one_task_are_told_apart() {
    let node = |at| {
        let error = one_of_three::call(at).run_blocking().expect_err("a node fails");
        error.node().map(str::to_owned)
    };
    assert_eq!(node(1).as_deref(), Some("break-at-1"));
    assert_eq!(node(2).as_deref(), Some("break-at-2"));
    assert_eq!(node(3).as_deref(), Some("break-at-3"));
    assert_eq!(one_of_three::call(4).run_blocking().expect("no node fails"), 3);
}

#[dag]
fn pushed(end: usize, at: usize) -> Result<usize, Broken> {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(break_at(n, at)?);
    }
    Ok(total(passed))
}

#[dag]
fn collected(end: usize, at: usize) -> Result<usize, Broken> {
    let numbers = count_up(end);
    let passed = numbers.iter().map(|n| break_at(*n, at)).collect::<Result<Vec<_>, _>>()?;
    Ok(total(passed))
}

#[dag]
fn lazily(end: usize, at: usize) -> Result<(), Broken> {
    for n in count_lazily(end) {
        break_at(n, at)?;
    }
    Ok(())
}

#[test]
fn the_partition_of_a_sync_map_is_named() {
    let check = |error: &Error| {
        assert_eq!(error.node(), Some("break-at"));
        assert_eq!(error.partition(), Some(77));
        assert_eq!(path(error), [("break-at", Some(77))]);
        assert_eq!(broken(error), Some(&Broken(77)));
        let message = error.to_string();
        assert!(message.ends_with("node `break-at`, partition 77 failed"), "{message}");
    };
    fails_everywhere(&threads(2), || pushed::call(100, 77), check);
    fails_everywhere(&threads(2), || collected::call(100, 77), check);
    fails_everywhere(&threads(2), || lazily::call(100, 77), check);
}

#[dag]
async fn pushed_later(end: usize, at: usize) -> Result<usize, Broken> {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(break_at_later(n, at).await?);
    }
    Ok(total(passed))
}

#[dag]
async fn joined(end: usize, at: usize) -> Result<usize, Broken> {
    let numbers = count_up(end);
    let passed =
        futures::future::try_join_all(numbers.iter().map(|n| break_at_later(*n, at))).await?;
    Ok(total(passed))
}

#[test]
fn the_partition_of_an_async_map_is_named() {
    let check = |error: &Error| {
        assert_eq!(path(error), [("break-at-later", Some(77))]);
        assert_eq!(broken(error), Some(&Broken(77)));
    };
    fails_everywhere(&threads(2), || pushed_later::call(100, 77), check);
    fails_everywhere(&threads(2), || joined::call(100, 77), check);
}

#[dag]
fn two_steps(n: usize, at: usize) -> Result<usize, Broken> {
    let doubled = double(n);
    break_at(doubled, at)
}

#[dag]
fn around(n: usize, at: usize) -> Result<usize, Outer> {
    let first = double(n);
    let stepped = two_steps(first, at)?;
    Ok(double(stepped))
}

#[dag]
fn two_levels(n: usize, at: usize) -> Result<usize, Outer> {
    let first = double(n);
    around(first, at)
}

#[test]
fn the_path_leads_through_nested_dags() {
    fails_everywhere(
        &threads(2),
        || two_levels::call(1, 8),
        |error| {
            assert_eq!(error.dag(), "two-levels");
            assert_eq!(path(error), [("around", None), ("two-steps", None), ("break-at", None)]);
            assert_eq!(error.node(), Some("break-at"));
            assert_eq!(error.partition(), None);
            let outer: &Outer = error
                .source()
                .and_then(|source| source.downcast_ref())
                .expect("the error of the dag is that of the outermost `?`");
            assert_eq!(outer.0, Broken(8));
        },
    );
}

#[dag]
fn mapped_steps(end: usize, at: usize) -> Result<usize, Broken> {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(two_steps(n, at)?);
    }
    Ok(total(passed))
}

#[dag]
fn maps_in_maps(outer: usize, inner: usize) -> Result<usize, Outer> {
    let mut sums = Vec::new();
    for n in count_up(outer) {
        sums.push(mapped_steps(inner, (n + 1) * 4)?);
    }
    Ok(total(sums))
}

#[dag]
fn map_in_dag(n: usize) -> Result<usize, Broken> {
    let end = double(n);
    mapped_steps(end, 6)
}

#[test]
fn the_path_leads_through_partitions() {
    fails_everywhere(
        &threads(2),
        || mapped_steps::call(20, 14),
        |error| {
            assert_eq!(path(error), [("two-steps", Some(7)), ("break-at", None)]);
            assert_eq!(error.node(), Some("break-at"));
            assert_eq!(error.partition(), Some(7));
        },
    );
    // The first dag that is mapped over fails in its third partition, which is the number 2.
    fails_everywhere(
        &threads(1),
        || maps_in_maps::call(3, 3),
        |error| {
            let expected = [("mapped-steps", Some(0)), ("two-steps", Some(2)), ("break-at", None)];
            assert_eq!(path(error), expected);
            assert_eq!(error.partition(), Some(2));
        },
    );
    fails_everywhere(
        &threads(2),
        || map_in_dag::call(5),
        |error| {
            let expected = [("mapped-steps", None), ("two-steps", Some(3)), ("break-at", None)];
            assert_eq!(path(error), expected);
            let message = error.to_string();
            assert_eq!(
                message,
                "dag `map-in-dag`, node `mapped-steps`, node `two-steps`, partition 3, node `break-at` failed"
            );
        },
    );
}

#[task]
fn count_failures(results: Vec<Result<usize, Broken>>) -> usize {
    results.iter().filter(|result| result.is_err()).count()
}

/// Errors that flow on as values leave no trace in the path of the one that ends the run.
#[dag]
fn values_before_a_failure(end: usize) -> Result<usize, Broken> {
    let results: Vec<_> = count_up(end).into_iter().map(|n| two_steps(n, 4)).collect();
    let failures = count_failures(results);
    two_steps(failures, 2)
}

#[test]
fn errors_that_are_values_are_not_in_the_path() {
    fails_everywhere(
        &threads(2),
        || values_before_a_failure::call(5),
        |error| {
            assert_eq!(path(error), [("two-steps-2", None), ("break-at", None)]);
            assert_eq!(broken(error), Some(&Broken(2)));
        },
    );
}

#[task]
fn read(text: &str) -> anyhow::Result<usize> {
    use anyhow::Context as _;
    text.parse().with_context(|| format!("cannot read {text:?}"))
}

#[dag]
fn with_anyhow(text: String) -> anyhow::Result<usize> {
    let n = read(&text)?;
    Ok(double(n))
}

#[task]
fn refuse(n: usize) -> Result<usize, String> {
    Err(format!("no {n}"))
}

#[dag]
fn with_string(n: usize) -> Result<usize, String> {
    refuse(n)
}

#[test]
fn the_chain_of_sources_is_kept() {
    let error = with_anyhow::call("x".to_owned()).run_blocking().expect_err("x is no number");
    assert_eq!(sources(&error), ["cannot read \"x\"", "invalid digit found in string"]);
    assert_eq!(
        format!("{error:?}"),
        "dag `with-anyhow`, node `read` failed\n\nCaused by:\n    cannot read \"x\"\n    \
         invalid digit found in string"
    );

    let error = with_string::call(3).run_blocking().expect_err("it is refused");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("no 3"));

    let error = two_levels::call(1, 8).run_blocking().expect_err("a step fails");
    assert_eq!(sources(&error), ["the step failed", "number 8 is broken"]);
}

#[test]
fn an_error_goes_where_boxed_errors_go() {
    fn boxed() -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
        Ok(sync_node::call(3).run_blocking()?)
    }
    fn with_anyhow() -> anyhow::Result<usize> {
        Ok(sync_node::call(3).run_blocking()?)
    }
    let error = boxed().expect_err("the run fails");
    assert!(error.downcast_ref::<Error>().is_some());
    let error = with_anyhow().expect_err("the run fails");
    assert_eq!(error.root_cause().to_string(), "number 6 is broken");
}

mod circle {
    //! Two DAGs that call each other.

    #[dagger::dag]
    pub(super) fn left(n: usize) -> usize {
        right(n)
    }

    #[dagger::dag]
    pub(super) fn right(n: usize) -> usize {
        left(n)
    }
}

#[test]
fn a_graph_without_end_is_an_error_of_the_run() {
    let error = circle::left::call(1).run_blocking().expect_err("there is no such graph");
    assert_eq!(error.dag(), "left");
    assert_eq!(error.node(), None);
    assert!(error.to_string().contains("calls itself"), "{error}");
    let error = Runtime::default().run_blocking(circle::right::call(1)).expect_err("nor this one");
    assert!(error.to_string().contains("calls itself"), "{error}");
}
