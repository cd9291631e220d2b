//! A subscriber that takes no spans of calls: what is in a call is in the span of its node.

use dagger::{Runtime, dag, task};
use dagger_tracing_tests::Collector;
use tracing::level_filters::LevelFilter;
use tracing::{debug, info, info_span};

#[task]
fn count(end: u64) -> Vec<u64> {
    (0..end).collect()
}

#[task]
fn halve(n: u64) -> Result<u64, String> {
    debug!("nobody takes this");
    info!(n, "halves");
    if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
}

#[task(retry(limit = 1), label = n)]
async fn halve_later(n: u64) -> Result<u64, String> {
    tokio::task::yield_now().await;
    halve(n)
}

#[task]
fn sum(numbers: Vec<u64>) -> u64 {
    numbers.iter().sum()
}

#[dag]
fn halve_all(end: u64) -> Result<u64, String> {
    let mut halved = Vec::new();
    for n in count(end) {
        halved.push(halve(n)?);
    }
    Ok(sum(halved))
}

#[dag]
async fn halve_all_later(end: u64) -> Result<u64, String> {
    let mut halved = Vec::new();
    for n in count(end) {
        halved.push(halve_later(n).await?);
    }
    Ok(sum(halved))
}

#[test]
fn what_is_in_a_call_is_in_the_span_of_its_node() {
    let collector = Collector::install(LevelFilter::INFO, "");
    let (now, later) = (info_span!("now"), info_span!("later"));
    let runtime = Runtime::builder().compute_threads(2).build();
    now.in_scope(|| runtime.run_blocking(halve_all::call(2)).expect_err("1 is odd"));
    assert_eq!(
        collector.closed_tree(&now),
        "\
run dag=\"halve-all\" outcome=\"failed\"
  - ERROR failed error=\"dag `halve-all`, node `halve`, partition 1 failed: 1 is odd\"
  node kind=\"task\" mapped=true node=\"halve\" outcome=\"failed\"
    - INFO halves n=0
    - INFO halves n=1
    - WARN failed partition=1
  node kind=\"task\" node=\"count\" outcome=\"finished\"
"
    );
    later.in_scope(|| runtime.run_blocking(halve_all_later::call(2)).expect_err("1 is odd"));
    assert_eq!(
        collector.closed_tree(&later),
        "\
run dag=\"halve-all-later\" outcome=\"failed\"
  - ERROR failed error=\"dag `halve-all-later`, node `halve-later`, partition 1 (`1`), attempt 2 failed: 1 is odd\"
  node kind=\"task\" mapped=true node=\"halve-later\" outcome=\"failed\"
    - INFO halves n=0
    - INFO halves n=1
    - INFO halves n=1
    - WARN failed attempt=2 label=\"1\" partition=1
    - WARN failed, and will be retried error=\"1 is odd\" label=\"1\" partition=1 pause=0ns
  node kind=\"task\" node=\"count\" outcome=\"finished\"
"
    );
}
