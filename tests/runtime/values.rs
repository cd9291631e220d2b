//! A nested DAG's own error may flow on as a value; it ends the nested run and no other.

use std::future::pending;
use std::sync::Arc;

use dagger::{dag, task};

use crate::support::{Latch, OpenOnDrop, count_up, double, everywhere, fails_everywhere, threads};

#[task]
fn refuse(n: usize) -> Result<usize, String> {
    if n.is_multiple_of(2) { Ok(n) } else { Err(format!("{n} is odd")) }
}

#[task]
async fn hold(latch: Arc<Latch>) {
    let _guard = OpenOnDrop(latch);
    pending::<()>().await;
}

#[dag]
fn refuses(n: usize) -> Result<usize, String> {
    let n = dagger::identity(n);
    refuse(n)
}

/// Ends only by its failure.
#[dag]
async fn refuses_while_it_holds(n: usize, latch: Arc<Latch>) -> Result<usize, String> {
    hold(latch).await;
    refuse(n)
}

#[task]
fn describe(result: Result<usize, String>, then: &Latch) -> String {
    then.open();
    result.map_or_else(|error| error, |n| n.to_string())
}

#[task]
fn wait_for(latch: &Latch) -> usize {
    latch.wait();
    1
}

#[task]
async fn wait_for_later(latch: &Latch) -> usize {
    latch.opened().await;
    1
}

#[task]
fn join(text: String, sync: usize, asynchronous: usize) -> String {
    format!("{text}, {sync} and {asynchronous} others")
}

/// The other nodes end after the error has been described.
#[dag]
async fn others_go_on(n: usize, described: Arc<Latch>) -> String {
    let sync = wait_for(&described);
    let asynchronous = wait_for_later(&described).await;
    let result = refuses(n);
    let text = describe(result, &described);
    let more = double(sync);
    join(text, more, asynchronous)
}

#[test]
fn the_other_nodes_of_the_outer_run_go_on() {
    let text = everywhere(&threads(2), || others_go_on::call(3, Arc::default()));
    assert_eq!(text, "3 is odd, 2 and 1 others");
}

#[dag]
async fn sibling_is_dropped(n: usize, dropped: Arc<Latch>, described: Arc<Latch>) -> String {
    let waited = wait_for_later(&dropped).await;
    let result = refuses_while_it_holds(n, dropped.clone()).await;
    let text = describe(result, &described);
    join(text, waited, waited)
}

#[test]
fn the_other_nodes_of_the_nested_run_are_dropped() {
    let text =
        everywhere(&threads(2), || sibling_is_dropped::call(3, Arc::default(), Arc::default()));
    assert_eq!(text, "3 is odd, 1 and 1 others");
}

#[dag]
async fn waits_or_refuses(n: usize, latch: Arc<Latch>) -> Result<usize, String> {
    let waited = wait_for_later(&latch).await;
    refuse(n * waited)
}

#[task]
fn describe_all(results: Vec<Result<usize, String>>, others: Vec<Result<usize, String>>) -> String {
    let text = |result: Result<usize, String>| result.map_or_else(|error| error, |n| n.to_string());
    let texts: Vec<_> = results.into_iter().chain(others).map(text).collect();
    texts.join(", ")
}

/// The partitions of the second map wait for a partition of the first to fail.
#[dag]
async fn other_partitions_go_on(end: usize, dropped: Arc<Latch>) -> String {
    let numbers = count_up(end);
    let mut first = Vec::new();
    for n in &numbers {
        first.push(refuses_while_it_holds(n * 2 + 1, dropped.clone()).await);
    }
    let mut second = Vec::new();
    for n in &numbers {
        second.push(waits_or_refuses(*n, dropped.clone()).await);
    }
    describe_all(first, second)
}

#[test]
fn other_partitions_go_on_too() {
    let text = everywhere(&threads(2), || other_partitions_go_on::call(3, Arc::default()));
    assert_eq!(text, "1 is odd, 3 is odd, 5 is odd, 0, 1 is odd, 2");
}

#[dag]
fn outer_refuses(n: usize) -> Result<usize, String> {
    let n = refuses(n)?;
    Ok(double(n))
}

#[task]
fn count_errors(results: Vec<Result<usize, String>>) -> usize {
    results.iter().filter(|result| result.is_err()).count()
}

#[dag]
fn through_two_levels(end: usize) -> usize {
    count_errors(count_up(end).into_iter().map(outer_refuses).collect())
}

#[test]
fn a_question_mark_within_makes_a_value_without() {
    assert_eq!(everywhere(&threads(2), || through_two_levels::call(101)), 50);
}

#[dag]
fn fails_outside_too(end: usize) -> Result<usize, String> {
    let failures = through_two_levels(end);
    outer_refuses(failures)
}

#[test]
fn a_failure_outside_ends_the_run_as_ever() {
    assert_eq!(everywhere(&threads(2), || fails_outside_too::call(5)), 4);
    fails_everywhere(
        &threads(2),
        || fails_outside_too::call(7),
        |error| {
            let path: Vec<_> = error.path().iter().map(|frame| frame.node.as_str()).collect();
            assert_eq!(path, ["outer-refuses", "refuses", "refuse"]);
        },
    );
}
