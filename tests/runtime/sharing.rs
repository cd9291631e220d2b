//! One value, shared by many nodes, is there once, and goes as soon as its last user is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::{Call, dag, task};
use tokio::task::yield_now;

use crate::support::{
    Latch, Log, count_up, everywhere, on_current_thread, on_multi_thread, quiet_panics, threads,
    total, watched,
};

/// Writes to a log when it is dropped.
struct Logged {
    name: &'static str,
    log: Arc<Log>,
}

impl Drop for Logged {
    fn drop(&mut self) {
        self.log.note(format!("drop {}", self.name));
    }
}

#[task]
fn make(name: &'static str, log: Arc<Log>) -> Logged {
    log.note(format!("make {name}"));
    Logged { name, log }
}

#[task]
fn look(value: &Logged) -> usize {
    value.log.note(format!("look at {}", value.name));
    value.name.len()
}

#[task]
async fn look_later(value: &Logged) -> usize {
    yield_now().await;
    value.log.note(format!("look at {}", value.name));
    value.name.len()
}

#[task]
fn go_on(_after: usize, step: &str, log: &Log) -> usize {
    log.note(step);
    0
}

#[task]
fn consume(value: Logged) -> usize {
    value.log.note(format!("consume {}", value.name));
    0
}

/// Runs a call in all ways and compares what it logs.
fn assert_events<T: Send + 'static>(call: fn(Arc<Log>) -> Call<T>, expected: &'static [&str]) {
    let check = move |log: &Log, result: Result<T, dagger::Error>| {
        assert!(result.is_ok(), "{:?}", result.err());
        assert_eq!(log.events(), expected);
    };
    watched("run_blocking", move || {
        let log = Arc::<Log>::default();
        check(&log, threads(2).run_blocking(call(Arc::clone(&log))));
    });
    on_current_thread(move || async move {
        let log = Arc::<Log>::default();
        check(&log, threads(2).run(call(Arc::clone(&log))).await);
    });
    on_multi_thread(move || async move {
        let log = Arc::<Log>::default();
        check(&log, threads(2).run(call(Arc::clone(&log))).await);
    });
}

#[dag]
fn borrowed_twice(log: Arc<Log>) -> usize {
    let value = make("it", log.clone());
    let first = look(&value);
    let between = go_on(first, "between", &log);
    let second = look(&value);
    let sum = total(vec![between, second]);
    go_on(sum, "afterwards", &log)
}

#[test]
fn a_borrowed_value_goes_before_the_node_after_its_last_borrower_runs() {
    // The second look may come before or after the node between.
    watched("run_blocking", || {
        let log = Arc::<Log>::default();
        let call = borrowed_twice::call(Arc::clone(&log));
        threads(2).run_blocking(call).expect("the run succeeds");
        let events = log.events();
        assert_eq!(events.len(), 6, "{events:?}");
        assert_eq!(events[0], "make it");
        assert_eq!(events[5], "afterwards");
        let place = |event: &str| events.iter().rposition(|other| other == event);
        assert!(place("drop it") > place("look at it"), "{events:?}");
    });
}

#[dag]
fn borrowed_once(log: Arc<Log>) -> usize {
    let value = make("it", log.clone());
    let length = look(&value);
    go_on(length, "afterwards", &log)
}

#[dag]
async fn borrowed_once_later(log: Arc<Log>) -> usize {
    let value = make("it", log.clone());
    let length = look_later(&value).await;
    go_on(length, "afterwards", &log)
}

#[test]
fn a_value_goes_when_its_only_borrower_is_done() {
    let expected = &["make it", "look at it", "drop it", "afterwards"];
    assert_events(borrowed_once::call, expected);
    assert_events(borrowed_once_later::call, expected);
}

/// Not `Clone`: the last one gets the value itself, after the others.
#[dag]
fn borrowed_then_moved(log: Arc<Log>) -> usize {
    let value = make("it", log.clone());
    look(&value);
    let gone = consume(value);
    go_on(gone, "afterwards", &log)
}

#[dag]
async fn borrowed_then_moved_later(log: Arc<Log>) -> usize {
    let value = make("it", log.clone());
    look_later(&value).await;
    let gone = consume(value);
    go_on(gone, "afterwards", &log)
}

#[test]
fn a_value_that_is_not_clone_is_borrowed_and_then_moved() {
    let expected = &["make it", "look at it", "consume it", "drop it", "afterwards"];
    assert_events(borrowed_then_moved::call, expected);
    assert_events(borrowed_then_moved_later::call, expected);
}

#[dag]
fn nobody_wants_it(log: Arc<Log>) -> usize {
    let value = make("it", log.clone());
    let length = look(&value);
    make("other", log.clone());
    go_on(length, "afterwards", &log)
}

#[test]
fn an_output_that_nobody_uses_goes_at_once() {
    watched("run_blocking", || {
        let log = Arc::<Log>::default();
        threads(1).run_blocking(nobody_wants_it::call(Arc::clone(&log))).expect("it succeeds");
        let events = log.events();
        let made = events.iter().position(|event| event == "make other").expect("it was made");
        assert_eq!(events[made + 1], "drop other", "{events:?}");
    });
}

#[dag]
fn inner(value: Logged, log: Arc<Log>) -> usize {
    let length = look(&value);
    go_on(length, "inner", &log)
}

#[dag]
fn moved_into_a_nested_dag(log: Arc<Log>) -> usize {
    let value = make("it", log.clone());
    let nested = inner(value, log.clone());
    go_on(nested, "outer", &log)
}

#[test]
fn a_value_that_moves_to_a_nested_dag_goes_when_that_is_done_with_it() {
    let expected = &["make it", "look at it", "drop it", "inner", "outer"];
    assert_events(moved_into_a_nested_dag::call, expected);
}

#[task]
fn make_some(log: Arc<Log>) -> Vec<Logged> {
    ["a", "b"].map(|name| Logged { name, log: Arc::clone(&log) }).into()
}

#[task]
async fn consume_in_order(value: Logged, turn: &Latch, done: &Latch) -> usize {
    if value.name == "b" {
        turn.opened().await;
    }
    let log = Arc::clone(&value.log);
    log.note(format!("consume {}", value.name));
    drop(value);
    turn.open();
    done.open();
    0
}

#[dag]
async fn moved_partitions(log: Arc<Log>, turn: Arc<Latch>) -> usize {
    let mut consumed = Vec::new();
    for value in make_some(log.clone()) {
        consumed.push(consume_in_order(value, &turn, &turn).await);
    }
    go_on(total(consumed), "afterwards", &log)
}

#[test]
fn a_moved_partition_goes_with_its_task() {
    assert_events(
        |log| moved_partitions::call(log, Arc::default()),
        &["consume a", "drop a", "consume b", "drop b", "afterwards"],
    );
}

#[task]
fn name_of(value: &Logged) -> usize {
    value.name.len()
}

#[dag]
fn borrowed_partitions(log: Arc<Log>) -> usize {
    let values = make_some(log.clone());
    let mut lengths = Vec::new();
    for value in &values {
        lengths.push(name_of(value));
    }
    go_on(total(lengths), "afterwards", &log)
}

#[test]
fn borrowed_partitions_go_when_the_map_is_done() {
    assert_events(borrowed_partitions::call, &["drop a", "drop b", "afterwards"]);
}

/// How many values there are.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

struct Counted(usize);

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

fn counted(n: usize) -> Counted {
    ALIVE.fetch_add(1, Ordering::SeqCst);
    Counted(n)
}

#[task]
fn make_counted(n: usize) -> Counted {
    counted(n)
}

#[task]
fn make_many(of: &Counted, end: usize) -> Vec<Counted> {
    (0..end).map(|n| counted(n + of.0)).collect()
}

/// Ends at the number that it is told to end at, in the way that it is told.
#[task]
fn pass_on(value: Counted, with: &Counted, end: &(usize, &'static str)) -> Result<Counted, String> {
    match end {
        (n, "fail") if *n == value.0 => Err(format!("{n} fails")),
        (n, "panic") if *n == value.0 => panic!("{n} panics, on purpose"),
        _ => Ok(counted(value.0 + with.0)),
    }
}

#[task]
async fn pass_on_later(value: Counted, with: &Counted) -> Counted {
    for _ in 0..=value.0 % 3 {
        yield_now().await;
    }
    counted(value.0 + with.0)
}

#[task]
fn sum_up(values: Vec<Counted>, others: &[Counted]) -> Counted {
    counted(values.iter().chain(others).map(|value| value.0).sum())
}

#[dag]
async fn many_values(end: usize, fate: (usize, &'static str)) -> Result<Counted, String> {
    let first = make_counted(0);
    let mut later = Vec::new();
    for value in make_many(&first, end) {
        later.push(pass_on_later(value, &first).await);
    }
    let others = make_many(&first, end);
    make_counted(1);
    let mut passed = Vec::new();
    for value in dagger::identity(later) {
        passed.push(pass_on(value, &first, &fate)?);
    }
    Ok(sum_up(passed, &others))
}

#[test]
fn every_value_is_dropped_once_however_the_run_ends() {
    const END: usize = 2000;
    on_multi_thread(|| async {
        quiet_panics();
        let sum = many_values::call(END, (0, "")).await.expect("the run succeeds");
        assert_eq!(ALIVE.load(Ordering::SeqCst), 1, "values after success");
        assert_eq!(sum.0, END * (END - 1));
        drop(sum);

        let error = many_values::call(END, (77, "fail")).await.err().expect("a task fails");
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "values after a failure");
        assert_eq!(error.partition(), Some(77));

        let error = many_values::call(END, (77, "panic")).await.err().expect("a task panics");
        assert_eq!(ALIVE.load(Ordering::SeqCst), 0, "values after a panic");
        assert!(error.is_panic());

        let mut cancelled = dagger::Runtime::default().start(many_values::call(END, (0, "")));
        while ALIVE.load(Ordering::SeqCst) < END / 2 && !cancelled.is_finished() {
            yield_now().await;
        }
        cancelled.cancel();
        // The run may have been faster; its result is dropped then.
        drop(cancelled.await);
        // What waited for a thread may be on its way out.
        while ALIVE.load(Ordering::SeqCst) != 0 {
            yield_now().await;
        }
    });
}

#[dag]
fn total_of_parameter(numbers: Vec<usize>, end: usize) -> usize {
    let mut sums = Vec::new();
    for _ in count_up(end) {
        sums.push(total_of(&numbers));
    }
    total(sums)
}

#[task]
fn total_of(numbers: &[usize]) -> usize {
    numbers.iter().sum()
}

#[test]
fn a_parameter_is_shared_by_all_partitions() {
    let sum = everywhere(&threads(4), || total_of_parameter::call(vec![1, 2, 3], 1000));
    assert_eq!(sum, 6000);
}
