//! A subscriber that takes nothing of the library's: what is in a task is in the span of the caller.

use dagger::{Runtime, dag, identity, task};
use dagger_tracing_tests::Collector;
use tracing::level_filters::LevelFilter;
use tracing::{info, info_span};

#[task]
fn double(n: u64) -> u64 {
    info!(n, "doubles");
    2 * n
}

#[task]
async fn double_later(n: u64) -> u64 {
    tokio::task::yield_now().await;
    info!(n, "doubles later");
    2 * n
}

#[dag]
async fn double_all(numbers: Vec<u64>) -> Vec<u64> {
    let mut doubled = Vec::new();
    for n in identity(numbers) {
        doubled.push(double_twice(n).await);
    }
    identity(doubled)
}

#[dag]
async fn double_twice(n: u64) -> u64 {
    let doubled = double(n);
    double_later(doubled).await
}

#[test]
fn what_is_in_a_task_is_in_the_span_of_the_caller() {
    let collector = Collector::install(LevelFilter::TRACE, "caller_only");
    let span = info_span!("caller");
    let runtime = Runtime::builder().compute_threads(2).build();
    let double_all = || runtime.run_blocking(double_all::call(vec![1, 2]));
    // While one thread makes a span known that no layer wants, `tracing` makes one for another thread,
    // and no event in it finds the caller's: each is known before that counts.
    assert_eq!(double_all().expect("the run succeeds"), [4, 8]);
    assert_eq!(span.in_scope(double_all).expect("the run succeeds"), [4, 8]);
    assert_eq!(
        collector.tree(&span),
        "\
- INFO doubles later n=2
- INFO doubles later n=4
- INFO doubles n=1
- INFO doubles n=2
"
    );
}
