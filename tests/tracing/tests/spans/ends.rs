//! Attempts, failures, and what is cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dagger::{Runtime, dag, task};
use dagger_tracing_tests::is_in_a_span;
use tokio::sync::Notify;
use tracing::info;

use crate::support::{count, everywhere, lines, quiet_panics, sum, tree_of_async};

#[task(retry(limit = 1), label = format!("no. {n}"))]
async fn fetch(n: u64, fails: &AtomicU32) -> Result<u64, String> {
    info!("fetches");
    tokio::task::yield_now().await;
    let is_left = |fails: u32| fails.checked_sub(1);
    if n == 1 && fails.fetch_update(Ordering::SeqCst, Ordering::SeqCst, is_left).is_ok() {
        return Err("busy".to_owned());
    }
    Ok(n)
}

#[dag]
async fn fetch_all(end: u64, fails: AtomicU32) -> Result<u64, String> {
    let mut fetched = Vec::new();
    for n in count(end) {
        fetched.push(fetch(n, &fails).await?);
    }
    Ok(sum(fetched))
}

#[test]
fn each_attempt_has_a_span_with_the_label() {
    everywhere(
        || fetch_all::call(2, AtomicU32::new(1)),
        true,
        r#"
        run dag="fetch-all" outcome="finished"
          node kind="task" mapped=true node="fetch" outcome="finished"
            call attempt=1 label="no. 0" outcome="finished" partition=0
              - INFO fetches
            call attempt=1 label="no. 1" outcome="retried" partition=1
              - INFO fetches
              - WARN failed, and will be retried error="busy" pause=0ns
            call attempt=2 label="no. 1" outcome="finished" partition=1
              - INFO fetches
          node kind="task" node="count" outcome="finished"
            - INFO counts
          node kind="task" node="sum" outcome="finished"
            - INFO sums
        "#,
    );
}

#[dag]
async fn fetch_one(n: u64, fails: AtomicU32) -> Result<u64, String> {
    fetch(n, &fails).await
}

#[test]
fn the_last_attempt_fails_for_good() {
    everywhere(
        || fetch_one::call(1, AtomicU32::new(2)),
        false,
        r#"
        run dag="fetch-one" outcome="failed"
          - ERROR failed error="dag `fetch-one`, node `fetch` (`no. 1`), attempt 2 failed: busy"
          node kind="task" node="fetch" outcome="failed"
            call attempt=1 label="no. 1" outcome="retried"
              - INFO fetches
              - WARN failed, and will be retried error="busy" pause=0ns
            call attempt=2 label="no. 1" outcome="failed"
              - INFO fetches
              - WARN failed
        "#,
    );
}

#[task]
fn halve(n: u64) -> Result<u64, String> {
    if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
}

#[dag]
fn halve_one(n: u64) -> Result<u64, String> {
    halve(n)
}

#[dag]
fn halve_all(end: u64) -> Result<u64, String> {
    let mut halved = Vec::new();
    for n in count(end) {
        halved.push(halve(n)?);
    }
    Ok(sum(halved))
}

#[test]
fn a_failure_is_told_in_the_span_of_the_call() {
    everywhere(
        || halve_one::call(3),
        false,
        r#"
        run dag="halve-one" outcome="failed"
          - ERROR failed error="dag `halve-one`, node `halve` failed: 3 is odd"
          node kind="task" node="halve" outcome="failed"
            - WARN failed
        "#,
    );
    everywhere(
        || halve_all::call(2),
        false,
        r#"
        run dag="halve-all" outcome="failed"
          - ERROR failed error="dag `halve-all`, node `halve`, partition 1 failed: 1 is odd"
          node kind="task" mapped=true node="halve" outcome="failed"
            call attempt=1 outcome="failed" partition=1
              - WARN failed
            call attempt=1 outcome="finished" partition=0
          node kind="task" node="count" outcome="finished"
            - INFO counts
        "#,
    );
}

#[task]
fn explode(n: u64) -> u64 {
    match n {
        0 => 0,
        _ => panic!("on purpose"),
    }
}

#[task]
async fn explode_later(n: u64) -> u64 {
    tokio::task::yield_now().await;
    explode(n)
}

#[dag]
fn explode_all(end: u64) -> u64 {
    let mut exploded = Vec::new();
    for n in count(end) {
        exploded.push(explode(n));
    }
    sum(exploded)
}

#[dag]
async fn explode_one(n: u64) -> u64 {
    explode_later(n).await
}

#[test]
fn a_panic_is_told_in_the_span_of_the_call() {
    quiet_panics();
    everywhere(
        || explode_all::call(2),
        false,
        r#"
        run dag="explode-all" outcome="failed"
          - ERROR failed error="dag `explode-all`, node `explode`, partition 1 panicked: on purpose"
          node kind="task" mapped=true node="explode" outcome="failed"
            call attempt=1 outcome="failed" partition=1
              - WARN failed error="panicked: on purpose"
            call attempt=1 outcome="finished" partition=0
          node kind="task" node="count" outcome="finished"
            - INFO counts
        "#,
    );
    everywhere(
        || explode_one::call(1),
        false,
        r#"
        run dag="explode-one" outcome="failed"
          - ERROR failed error="dag `explode-one`, node `explode-later` panicked: on purpose"
          node kind="task" node="explode-later" outcome="failed"
            - WARN failed error="panicked: on purpose"
        "#,
    );
}

#[task(timeout = "1ms")]
async fn never(n: u64) -> u64 {
    info!(n, "waits");
    std::future::pending().await
}

#[dag]
async fn time_out(n: u64) -> u64 {
    never(n).await
}

#[test]
fn a_time_that_is_over_is_told() {
    everywhere(
        || time_out::call(1),
        false,
        r#"
        run dag="time-out" outcome="failed"
          - ERROR failed error="dag `time-out`, node `never` timed out after 1ms"
          node kind="task" node="never" outcome="failed"
            call attempt=1 outcome="failed"
              - INFO waits n=1
              - WARN failed error="timed out after 1ms"
        "#,
    );
}

/// Tells of its end.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        info!("is dropped");
    }
}

#[task]
async fn wait_for_ever(n: u64, begun: &Notify) -> u64 {
    let _guard = Guard;
    begun.notify_one();
    info!(n, "waits");
    std::future::pending().await
}

#[dag]
async fn wait(end: u64, begun: Arc<Notify>) -> u64 {
    let mut waited = Vec::new();
    for n in count(end) {
        waited.push(wait_for_ever(n, &begun).await);
    }
    sum(waited)
}

const CANCELLED: &str = r#"
    run dag="wait" outcome="cancelled"
      - INFO cancelled
      node kind="task" mapped=true node="wait-for-ever" outcome="cancelled"
        call attempt=1 outcome="cancelled" partition=0
          - DEBUG cancelled
          - INFO is dropped
          - INFO waits n=0
      node kind="task" node="count" outcome="finished"
        - INFO counts
"#;

#[test]
fn what_is_cancelled_is_dropped_in_its_span() {
    for threads in [1, 2] {
        let told = tree_of_async(threads, || async {
            let begun = Arc::new(Notify::new());
            let mut run = Runtime::default().start(wait::call(1, Arc::clone(&begun)));
            begun.notified().await;
            run.cancel();
            assert!(run.await.expect_err("it was cancelled").is_cancelled());
        });
        assert_eq!(told, lines(CANCELLED), "cancel(), {threads} threads");
        let told = tree_of_async(threads, || async {
            let begun = Arc::new(Notify::new());
            let run = Runtime::default().run(wait::call(1, Arc::clone(&begun)));
            tokio::select! {
                _ = run => unreachable!("it waits"),
                () = begun.notified() => {}
            }
        });
        assert_eq!(told, lines(CANCELLED), "dropped, {threads} threads");
    }
}

#[test]
fn no_span_is_held_while_a_task_waits() {
    let told = tree_of_async(1, || async {
        let begun = Arc::new(Notify::new());
        let run = Runtime::default().start(wait::call(1, Arc::clone(&begun)));
        begun.notified().await;
        info!("is outside");
        let outside = tokio::spawn(async { is_in_a_span() });
        assert!(!outside.await.expect("it does not panic"));
        drop(run);
    });
    assert!(told.starts_with("- INFO is outside\n"), "{told}");
}
