//! What the tests need to look at the spans of a run.

use std::future::Future;
use std::panic;
use std::sync::Once;

use dagger::{Call, Error, Runtime, task};
use dagger_tracing_tests::Collector;
use tracing::level_filters::LevelFilter;
use tracing::{Instrument as _, info, info_span};

fn collector() -> &'static Collector {
    Collector::install(LevelFilter::DEBUG, "")
}

fn tokio_runtime(threads: usize) -> tokio::runtime::Runtime {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.worker_threads(threads).enable_all().build().expect("a tokio runtime")
}

/// The tree of what happens in a test's own span.
pub(crate) fn tree_of(test: impl FnOnce()) -> String {
    let collector = collector();
    let span = info_span!("test");
    span.in_scope(test);
    collector.closed_tree(&span)
}

pub(crate) fn tree_of_async<F: Future<Output = ()>>(
    threads: usize,
    test: impl FnOnce() -> F,
) -> String {
    let collector = collector();
    let span = info_span!("test");
    tokio_runtime(threads).block_on(async { test().instrument(span.clone()).await });
    collector.closed_tree(&span)
}

/// The tree of a test, less the indent that it has there.
pub(crate) fn lines(text: &str) -> String {
    let text = text.trim_end().trim_start_matches('\n');
    let indent = text.len() - text.trim_start().len();
    text.lines().flat_map(|line| [&line[indent..], "\n"]).collect()
}

/// A tree without the places of panics, which only a hook of the library knows.
fn placeless(tree: &str) -> String {
    let (mut text, mut rest) = (String::new(), tree);
    while let Some((before, after)) = rest.split_once(" at tests/") {
        let Some((_, after)) = after.split_once(": ") else { break };
        text = format!("{text}{before}: ");
        rest = after;
    }
    text + rest
}

/// Runs a call in all ways that there are; each must give the tree, and the same end.
#[track_caller]
pub(crate) fn everywhere<T: Send + 'static>(call: fn() -> Call<T>, is_ok: bool, expected: &str) {
    let expected = lines(expected);
    for threads in [1, 2, 8] {
        let runtime = Runtime::builder().compute_threads(threads).build();
        let check = |end: Result<T, Error>| assert_eq!(end.is_ok(), is_ok, "{:?}", end.err());
        let told = tree_of(|| check(runtime.run_blocking(call())));
        assert_eq!(placeless(&told), expected, "run_blocking, {threads} threads");
        let told = tree_of_async(threads, || async { check(runtime.run(call()).await) });
        assert_eq!(placeless(&told), expected, "run, {threads} threads");
        let told = tree_of_async(threads, || async { check(runtime.start(call()).await) });
        assert_eq!(placeless(&told), expected, "start, {threads} threads");
        let told = tree_of_async(threads, || async { check(runtime.run_blocking(call())) });
        assert_eq!(placeless(&told), expected, "run_blocking inside of tokio, {threads} threads");
    }
}

/// Keeps panics that say that they are on purpose out of the output of the tests.
pub(crate) fn quiet_panics() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload_as_str() != Some("on purpose") {
                loud(info);
            }
        }));
    });
}

#[task]
pub(crate) fn count(end: u64) -> Vec<u64> {
    info!("counts");
    (0..end).collect()
}

#[task]
pub(crate) fn sum(numbers: Vec<u64>) -> u64 {
    info!("sums");
    numbers.iter().sum()
}
