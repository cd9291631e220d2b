//! A panic is a failure with a message, and the runtime works on.

use std::panic::panic_any;
use std::sync::Arc;

use dagger::{dag, task};

use crate::support::{
    Latch, assert_panics, count_up, double, double_later, on_current_thread, quiet_panics, says,
    still_works, threads, total,
};

#[task]
fn give_up(n: usize, at: usize) -> usize {
    assert!(n != at, "given up at {n}, on purpose");
    n
}

#[task]
async fn give_up_later(n: usize, at: usize) -> usize {
    tokio::task::yield_now().await;
    assert!(n != at, "given up at {n}, on purpose");
    n
}

#[task]
async fn give_up_at_once(n: usize, at: usize) -> usize {
    assert!(n != at, "given up at {n}, on purpose");
    n
}

#[dag]
fn sync_node(n: usize) -> usize {
    let n = double(n);
    double(give_up(n, 2))
}

#[test]
fn in_a_sync_task() {
    assert_panics(
        || sync_node::call(1),
        |error| {
            assert_eq!((error.node(), error.partition()), (Some("give-up"), None));
            says(error, "node `give-up` panicked: given up at 2, on purpose");
        },
    );
}

#[dag]
async fn async_node(n: usize) -> usize {
    let n = double_later(n).await;
    double(give_up_later(n, 2).await)
}

#[dag]
async fn async_node_at_once(n: usize) -> usize {
    let n = double_later(n).await;
    double(give_up_at_once(n, 2).await)
}

#[test]
fn in_an_async_task() {
    assert_panics(
        || async_node::call(1),
        |error| {
            says(error, "node `give-up-later` panicked: given up at 2, on purpose");
        },
    );
    assert_panics(
        || async_node_at_once::call(1),
        |error| {
            says(error, "node `give-up-at-once` panicked: given up at 2, on purpose");
        },
    );
}

#[dag]
fn sync_map(end: usize, at: usize) -> usize {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(give_up(n, at));
    }
    total(passed)
}

#[test]
fn in_a_partition_of_a_sync_map() {
    assert_panics(
        || sync_map::call(1000, 777),
        |error| {
            assert_eq!((error.node(), error.partition()), (Some("give-up"), Some(777)));
            says(error, "partition 777 panicked: given up at 777, on purpose");
        },
    );
    assert_panics(|| sync_map::call(1, 0), |error| assert_eq!(error.partition(), Some(0)));
}

#[dag]
async fn async_map(end: usize, at: usize) -> usize {
    let mut passed = Vec::new();
    for n in count_up(end) {
        passed.push(give_up_later(n, at).await);
    }
    total(passed)
}

#[dag]
async fn async_map_at_once(end: usize, at: usize) -> usize {
    let numbers = count_up(end);
    let passed = futures::future::join_all(numbers.iter().map(|n| give_up_at_once(*n, at))).await;
    total(passed)
}

#[test]
fn in_a_partition_of_an_async_map() {
    assert_panics(
        || async_map::call(1000, 777),
        |error| {
            assert_eq!((error.node(), error.partition()), (Some("give-up-later"), Some(777)));
            says(error, "partition 777 panicked: given up at 777, on purpose");
        },
    );
    assert_panics(
        || async_map_at_once::call(1000, 777),
        |error| {
            assert_eq!((error.node(), error.partition()), (Some("give-up-at-once"), Some(777)));
        },
    );
}

#[task]
fn hand_out(end: usize) -> impl Iterator<Item = usize> + Send {
    (0..=end).inspect(move |n| assert!(*n != end, "nothing left after {n}, on purpose"))
}

#[dag]
fn lazy_sync(end: usize) -> usize {
    let mut doubled = Vec::new();
    for n in hand_out(end) {
        doubled.push(double(n));
    }
    total(doubled)
}

#[dag]
async fn lazy_async(end: usize) -> usize {
    let mut doubled = Vec::new();
    for n in hand_out(end) {
        doubled.push(double_later(n).await);
    }
    total(doubled)
}

/// The panic comes out of the node that pulls.
#[test]
fn in_a_lazy_iterator() {
    assert_panics(
        || lazy_sync::call(1000),
        |error| {
            says(error, "panicked: nothing left after 1000, on purpose");
            assert_eq!((error.node(), error.partition()), (Some("double"), None));
        },
    );
    assert_panics(
        || lazy_async::call(1000),
        |error| {
            says(error, "panicked: nothing left after 1000, on purpose");
            assert_eq!((error.node(), error.partition()), (Some("double-later"), None));
        },
    );
    assert_panics(
        || lazy_sync::call(0),
        |error| {
            says(error, "panicked: nothing left after 0, on purpose");
        },
    );
}

#[dag]
fn mapped_nested(end: usize) -> usize {
    let mut sums = Vec::new();
    for n in count_up(end) {
        sums.push(sync_node(n));
    }
    total(sums)
}

#[dag]
async fn nested(end: usize) -> usize {
    let sum = double(end);
    mapped_nested(sum)
}

#[dag]
async fn nested_later(end: usize) -> usize {
    let sum = double(end);
    async_map(sum, 3).await
}

#[test]
fn in_a_nested_dag() {
    assert_panics(
        || nested::call(10),
        |error| {
            let path: Vec<_> = error.path().iter().map(ToString::to_string).collect();
            assert_eq!(
                path,
                ["node `mapped-nested`", "node `sync-node`, partition 1", "node `give-up`"]
            );
            says(error, "node `give-up` panicked: given up at 2, on purpose");
        },
    );
    assert_panics(
        || nested_later::call(10),
        |error| {
            let path: Vec<_> = error.path().iter().map(ToString::to_string).collect();
            assert_eq!(path, ["node `async-map`", "node `give-up-later`, partition 3"]);
        },
    );
}

#[derive(Clone, Copy)]
struct Delicate(usize);

impl Delicate {
    fn touch(self) -> usize {
        assert!(self.0 > 1, "do not touch, on purpose");
        self.0
    }
}

#[task]
fn make_delicate() -> Delicate {
    Delicate(1)
}

#[dag]
fn in_an_expression() -> usize {
    let delicate = make_delicate();
    double(delicate.touch())
}

#[dag]
fn in_an_expression_of_a_map(end: usize) -> usize {
    let delicate = make_delicate();
    let mut doubled = Vec::new();
    for n in count_up(end) {
        doubled.push(give_up(n, delicate.touch()));
    }
    total(doubled)
}

#[test]
fn in_an_argument() {
    assert_panics(in_an_expression::call, |error| {
        says(error, "node `double` panicked: do not touch, on purpose");
    });
    assert_panics(
        || in_an_expression_of_a_map::call(10),
        |error| {
            says(error, "panicked: do not touch, on purpose");
            assert_eq!(error.node(), Some("give-up"));
        },
    );
}

/// Panics when it is collected.
#[derive(Debug)]
struct Uncollectable;

impl FromIterator<usize> for Uncollectable {
    fn from_iter<I: IntoIterator<Item = usize>>(items: I) -> Self {
        panic!("{} items cannot be collected, on purpose", items.into_iter().count())
    }
}

#[task]
fn describe(value: &Uncollectable) -> String {
    format!("{value:?}")
}

#[dag]
fn in_a_fan_in(end: usize) -> String {
    let collected: Uncollectable = count_up(end).into_iter().map(double).collect();
    describe(&collected)
}

#[test]
fn in_a_collection() {
    assert_panics(
        || in_a_fan_in::call(10),
        |error| {
            says(error, "node `double` panicked: 10 items cannot be collected, on purpose");
        },
    );
}

#[task]
fn give_up_with(kind: &str) -> usize {
    match kind {
        "text" => panic!("text, on purpose"),
        "string" => panic_any(String::from("string, on purpose")),
        _ => panic_any(42_u8),
    }
}

#[dag]
fn payload(kind: String) -> usize {
    give_up_with(&kind)
}

#[test]
fn with_any_payload() {
    assert_panics(
        || payload::call("text".to_owned()),
        |error| says(error, "panicked: text, on purpose"),
    );
    assert_panics(
        || payload::call("string".to_owned()),
        |error| says(error, "panicked: string, on purpose"),
    );
    assert_panics(
        || payload::call("number".to_owned()),
        |error| assert_eq!(error.node(), Some("give-up-with")),
    );
}

#[task]
fn try_or_give_up(n: usize, at: usize) -> Result<usize, String> {
    if n > at { Err(format!("{n} is too large")) } else { Ok(give_up(n, at)) }
}

#[dag]
fn fallible(n: usize, at: usize) -> Result<usize, String> {
    let n = double(n);
    try_or_give_up(n, at)
}

#[task]
fn accept(result: Result<usize, String>) -> usize {
    result.unwrap_or_default()
}

#[task]
fn accept_all(results: Vec<Result<usize, String>>) -> usize {
    results.into_iter().map(accept).sum()
}

#[dag]
fn result_of_a_task() -> usize {
    let result = try_or_give_up(1, 1);
    accept(result)
}

#[dag]
fn result_of_a_dag() -> usize {
    let result = fallible(1, 2);
    accept(result)
}

#[dag]
fn results_of_a_map(end: usize) -> usize {
    accept_all(count_up(end).into_iter().map(|n| fallible(n, 8)).collect())
}

#[test]
fn is_never_a_value_even_where_the_result_is_one() {
    assert_panics(result_of_a_task::call, |error| assert_eq!(error.node(), Some("try-or-give-up")));
    assert_panics(result_of_a_dag::call, |error| {
        let path: Vec<_> = error.path().iter().map(ToString::to_string).collect();
        assert_eq!(path, ["node `fallible`", "node `try-or-give-up`"]);
    });
    assert_panics(|| results_of_a_map::call(10), |error| assert_eq!(error.partition(), Some(4)));
}

#[task]
fn give_up_after(latch: &Latch) {
    latch.wait();
    panic!("after the run, on purpose");
}

#[dag]
async fn gives_up_after(started: Arc<Latch>, release: Arc<Latch>) {
    give_up_after(&release);
    open(&started).await;
}

#[task]
async fn open(latch: &Latch) {
    latch.open();
}

#[test]
fn of_a_run_that_is_gone_harms_nobody() {
    quiet_panics();
    on_current_thread(|| async {
        let (started, release) = (Arc::<Latch>::default(), Arc::<Latch>::default());
        let runtime = threads(1);
        let run = runtime.start(gives_up_after::call(Arc::clone(&started), Arc::clone(&release)));
        started.opened().await;
        drop(run);
        release.open();
        still_works(&runtime).await;
    });
}
