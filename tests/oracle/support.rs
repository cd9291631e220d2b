//! Runs a DAG in each of its readings and compares what they give and which calls they make.
//!
//! Tasks write their calls to one log with `record!`. The log belongs to the whole test binary, so a comparison holds
//! [`ALONE`] from its first reading to its last.

use std::fmt::Debug;
use std::future::Future;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Builder, Runtime};

/// Held by the comparison that is running.
static ALONE: Mutex<()> = Mutex::new(());

/// The calls made since the log was last taken, in no particular order.
static CALLS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A failed comparison must not fail the others, so a poisoned lock is as good as a sound one.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that a task was called: `record!("raise_number", n, exponent)` as the first statement of its body.
macro_rules! record {
    ($task:literal $(, $argument:expr)* $(,)?) => {{
        let arguments: &[String] = &[$(format!("{:?}", $argument)),*];
        $crate::support::write($task, arguments);
    }};
}

/// A test that the law holds for a DAG, for each of the lists of arguments: `oracle!(super::dag, (1, 2), (0, 2))`.
///
/// The test has the name of the DAG, and therefore stands in another module than the DAG.
macro_rules! oracle {
    ($($dag:ident)::+, $($arguments:tt),+ $(,)?) => {
        $crate::support::law_test!(law, [$($dag)::+], $($dag)::+, $($arguments),+);
    };
}

/// As `oracle!`, for an `async fn`.
macro_rules! oracle_async {
    ($($dag:ident)::+, $($arguments:tt),+ $(,)?) => {
        $crate::support::law_test!(law_async, [$($dag)::+], $($dag)::+, $($arguments),+);
    };
}

/// Walks to the last segment of the DAG's path, which names the test.
macro_rules! law_test {
    ($law:ident, $path:tt, $parent:ident :: $($rest:ident)::+, $($arguments:tt),+) => {
        $crate::support::law_test!($law, $path, $($rest)::+, $($arguments),+);
    };
    ($law:ident, $path:tt, $name:ident, $($arguments:tt),+) => {
        #[test]
        fn $name() {
            $($crate::support::$law!($path, $arguments);)+
        }
    };
}

/// Asserts the law for one list of arguments: `law!([path::to::dag], (1, 2))`. Each reading evaluates them anew.
macro_rules! law {
    ([$($dag:ident)::+], ($($argument:expr),* $(,)?)) => {
        $crate::support::compare(
            || $crate::support::value!($($dag)::+($($argument),*)),
            || $($dag)::+::call($($argument),*).run_blocking(),
            || async { $($dag)::+::call($($argument),*).await },
        )
    };
}

/// As `law!`, for an `async fn`.
macro_rules! law_async {
    ([$($dag:ident)::+], ($($argument:expr),* $(,)?)) => {
        $crate::support::compare(
            || {
                $crate::support::current_thread()
                    .block_on(async { $crate::support::value!($($dag)::+($($argument),*).await) })
            },
            || $($dag)::+::call($($argument),*).run_blocking(),
            || async { $($dag)::+::call($($argument),*).await },
        )
    };
}

/// What the function gave, as an `Option`: `None` where it failed.
macro_rules! value {
    ($returned:expr) => {{
        #[allow(unused_imports, reason = "the method of a `Result` goes before the trait's")]
        use $crate::support::Infallible as _;
        $crate::support::Returned($returned).value()
    }};
}

pub(crate) use {law, law_async, law_test, oracle, oracle_async, record, value};

/// What a function returned, be it a `T` or a `Result<T, E>`: an inherent method goes before one of a trait.
pub(crate) struct Returned<T>(pub(crate) T);

impl<T, E> Returned<Result<T, E>> {
    pub(crate) fn value(self) -> Option<T> {
        self.0.ok()
    }
}

pub(crate) trait Infallible<T> {
    fn value(self) -> Option<T>;
}

impl<T> Infallible<T> for Returned<T> {
    fn value(self) -> Option<T> {
        Some(self.0)
    }
}

pub(crate) fn write(task: &str, arguments: &[String]) {
    lock(&CALLS).push(format!("{task}({})", arguments.join(", ")));
}

/// Runs the function and then the graph: blocking, and in each kind of tokio runtime.
pub(crate) fn compare<T, E, F>(
    function: impl FnOnce() -> Option<T>,
    blocking: impl FnOnce() -> Result<T, E>,
    graph: impl Fn() -> F,
) where
    T: Debug + PartialEq,
    E: Debug,
    F: Future<Output = Result<T, E>>,
{
    let _alone = lock(&ALONE);
    let function = read(function);
    assert!(!function.calls.is_empty(), "the function called no task");
    function.assert_like("run_blocking()", read(blocking));
    function.assert_like("a current-thread runtime", read(|| current_thread().block_on(graph())));
    function.assert_like("a multi-thread runtime", read(|| multi_thread().block_on(graph())));
}

/// What one reading gave, and the calls it made, sorted.
struct Reading<V> {
    value: V,
    calls: Vec<String>,
}

fn read<V>(run: impl FnOnce() -> V) -> Reading<V> {
    lock(&CALLS).clear();
    let value = run();
    let mut calls = mem::take(&mut *lock(&CALLS));
    calls.sort_unstable();
    Reading { value, calls }
}

impl<T: Debug + PartialEq> Reading<Option<T>> {
    /// Where the function fails, the graph fails too, but other nodes may have run by then.
    fn assert_like<E: Debug>(&self, how: &str, graph: Reading<Result<T, E>>) {
        match (&self.value, graph.value) {
            (Some(expected), Ok(value)) => {
                assert_eq!(
                    value, *expected,
                    "value of the graph (left) and of the function, {how}"
                );
                assert_eq!(
                    graph.calls, self.calls,
                    "calls of the graph (left) and of the function, {how}"
                );
            }
            (None, Err(_)) => assert!(!graph.calls.is_empty(), "the graph called no task, {how}"),
            (Some(expected), Err(error)) => {
                panic!("the function gave {expected:?}, the graph failed with {error:?}, {how}")
            }
            (None, Ok(value)) => panic!("the function failed, the graph gave {value:?}, {how}"),
        }
    }
}

pub(crate) fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a current-thread runtime")
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a multi-thread runtime")
}

/// A comparison that cannot fail proves nothing.
mod tests {
    use super::compare;

    /// What a graph gives, after as many calls as told.
    fn graph(value: Result<u64, String>, calls: usize) -> Result<u64, String> {
        for _ in 0..calls {
            record!("graph");
        }
        value
    }

    /// Compares a function that gives 1 after one call with a graph that differs from it in the reading of that number.
    fn differ_in(reading: usize, value: &Result<u64, String>, calls: usize) {
        let run = |now| {
            if now == reading { graph(value.clone(), calls) } else { graph(Ok(1), 1) }
        };
        let asynchronous = std::cell::Cell::new(1);
        compare(
            || graph(Ok(1), 1).ok(),
            || run(1),
            || {
                asynchronous.set(asynchronous.get() + 1);
                std::future::ready(run(asynchronous.get()))
            },
        );
    }

    #[test]
    fn equal_readings() {
        differ_in(0, &Ok(2), 0);
    }

    #[test]
    #[should_panic(expected = "value of the graph (left) and of the function, run_blocking()")]
    fn another_value() {
        differ_in(1, &Ok(2), 1);
    }

    #[test]
    #[should_panic(
        expected = "calls of the graph (left) and of the function, a current-thread runtime"
    )]
    fn a_call_too_many() {
        differ_in(2, &Ok(1), 2);
    }

    #[test]
    #[should_panic(
        expected = "calls of the graph (left) and of the function, a multi-thread runtime"
    )]
    fn a_call_missing() {
        differ_in(3, &Ok(1), 0);
    }

    #[test]
    #[should_panic(expected = "the function gave 1, the graph failed")]
    fn only_the_graph_fails() {
        differ_in(1, &Err("no".to_owned()), 1);
    }

    #[test]
    #[should_panic(expected = "the function failed, the graph gave 1")]
    fn only_the_function_fails() {
        compare(
            || graph(Err(String::new()), 1).ok(),
            || graph(Ok(1), 1),
            || async { graph(Ok(1), 1) },
        );
    }

    #[test]
    #[should_panic(expected = "the function called no task")]
    fn nothing_recorded() {
        compare(|| Some(1), || graph(Ok(1), 0), || async { graph(Ok(1), 0) });
    }
}
