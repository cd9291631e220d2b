//! What the tests watch runs with: a watchdog, latches, gauges, logs, and tasks to fan out and in.

use std::env;
use std::fmt::Debug;
use std::future::Future;
use std::panic::{self, resume_unwind};
use std::pin::pin;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::task::{Context, Poll, Wake};
use std::thread;
use std::time::Duration;

use dagger::{Call, Error, Runtime, task};
use tokio::sync::watch;

/// How long a test may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_mins(1);

/// A panicking test must not fail others, so a poisoned lock is as good as a sound one.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `test` on a thread of its own, and fails where it hangs.
pub(crate) fn watched<T: Send + 'static>(
    what: &str,
    test: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (done, is_done) = mpsc::channel();
    let thread = thread::spawn(move || {
        let result = test();
        // Nobody waits for a test that was given up.
        let _ = done.send(());
        result
    });
    let ended = is_done.recv_timeout(PATIENCE);
    assert_ne!(ended, Err(RecvTimeoutError::Timeout), "{what}: stuck, nothing happens any more");
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Runs an async test on a current-thread runtime, and fails where it hangs.
pub(crate) fn on_current_thread<T, F>(test: impl FnOnce() -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    watched("a current-thread runtime", move || current_thread().block_on(test()))
}

/// The same, on a runtime whose time is paused: it goes on where all else waits.
pub(crate) fn on_paused_time<T, F>(test: impl FnOnce() -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    watched("paused time", move || {
        let tokio = current_thread();
        tokio.block_on(async {
            tokio::time::pause();
            test().await
        })
    })
}

/// Keeps paused time from going on by itself until the guard is dropped.
pub(crate) fn hold_time() -> OpenOnDrop {
    let latch = Arc::<Latch>::default();
    let held = Arc::clone(&latch);
    // Tokio's time stands still as long as a blocking task runs.
    drop(tokio::task::spawn_blocking(move || held.wait()));
    OpenOnDrop(latch)
}

/// Runs an async test on a multi-thread runtime, and fails where it hangs.
pub(crate) fn on_multi_thread<T, F>(test: impl FnOnce() -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    watched("a multi-thread runtime", move || multi_thread().block_on(test()))
}

fn current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a current-thread runtime")
}

fn multi_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a multi-thread runtime")
}

/// Polls a future on this thread, as executors do that know nothing of tokio.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Arc::new(Unpark(thread::current())).into();
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// A runtime with as many compute threads, however few cores the machine has.
pub(crate) fn threads(threads: usize) -> Runtime {
    Runtime::builder().compute_threads(threads).build()
}

/// Runs a call without a tokio runtime, in a current-thread and in a multi-thread one: all must give the same.
pub(crate) fn everywhere<T>(runtime: &Runtime, call: fn() -> Call<T>) -> T
where
    T: Debug + PartialEq + Send + 'static,
{
    let here = runtime.clone();
    let blocking = watched("run_blocking", move || here.run_blocking(call()));
    let blocking = blocking.expect("run_blocking succeeds");
    let here = runtime.clone();
    let current = on_current_thread(move || here.run(call()));
    assert_eq!(current.expect("the run succeeds on a current-thread runtime"), blocking);
    let here = runtime.clone();
    let multi = on_multi_thread(move || here.run(call()));
    assert_eq!(multi.expect("the run succeeds on a multi-thread runtime"), blocking);
    blocking
}

/// Runs a call in the same three ways, each of which must fail.
pub(crate) fn fails_everywhere<T>(runtime: &Runtime, call: fn() -> Call<T>, check: fn(&Error))
where
    T: Debug + Send + 'static,
{
    let here = runtime.clone();
    let blocking = watched("run_blocking", move || here.run_blocking(call()));
    check(&blocking.expect_err("run_blocking fails"));
    let here = runtime.clone();
    let current = on_current_thread(move || here.run(call()));
    check(&current.expect_err("the run fails on a current-thread runtime"));
    let here = runtime.clone();
    let multi = on_multi_thread(move || here.run(call()));
    check(&multi.expect_err("the run fails on a multi-thread runtime"));
}

/// Keeps panics that say that they are on purpose out of the output of the tests.
pub(crate) fn quiet_panics() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let purpose = info.payload_as_str().is_some_and(|text| text.contains("on purpose"));
            if !purpose {
                loud(info);
            }
        }));
    });
}

/// Set in a process that a test has started for itself.
const CHILD: &str = "DAGGER_RUNTIME_TEST_CHILD";

/// What this process is to do, if a test has started it for itself.
pub(crate) fn child() -> Option<String> {
    env::var(CHILD).ok()
}

/// Runs a test in a process of its own, with something to do, and gives what it prints.
pub(crate) fn run_child(test: &str, what: &str) -> String {
    let program = env::current_exe().expect("a test knows its program");
    let output = Command::new(program)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, what)
        .output()
        .expect("the test's program runs");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {}: {printed}{errors}", output.status);
    printed
}

/// Opens once, for sync and async tasks that wait for it.
#[derive(Debug)]
pub(crate) struct Latch {
    is_open: Mutex<bool>,
    opens: Condvar,
    watched: watch::Sender<bool>,
}

impl Default for Latch {
    fn default() -> Self {
        Self {
            is_open: Mutex::new(false),
            opens: Condvar::new(),
            watched: watch::Sender::new(false),
        }
    }
}

impl Latch {
    pub(crate) fn open(&self) {
        *lock(&self.is_open) = true;
        self.opens.notify_all();
        self.watched.send_replace(true);
    }

    pub(crate) fn wait(&self) {
        let mut is_open = lock(&self.is_open);
        while !*is_open {
            is_open = self.opens.wait(is_open).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(crate) async fn opened(&self) {
        let mut watched = self.watched.subscribe();
        watched.wait_for(|open| *open).await.expect("the latch is there");
    }
}

/// Opens its latch when it is dropped.
pub(crate) struct OpenOnDrop(pub(crate) Arc<Latch>);

impl Drop for OpenOnDrop {
    fn drop(&mut self) {
        self.0.open();
    }
}

/// How many tasks run, how many did at most, and how many have started.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
    started: watch::Sender<usize>,
}

impl Gauge {
    /// Counts a task until what comes back is dropped.
    pub(crate) fn enter(&self) -> Entered<'_> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let mut place = 0;
        self.started.send_modify(|started| {
            place = *started;
            *started += 1;
        });
        Entered { gauge: self, place }
    }

    pub(crate) fn now(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }

    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    pub(crate) fn started(&self) -> usize {
        *self.started.borrow()
    }

    /// Waits until so many tasks have started.
    pub(crate) async fn reached(&self, count: usize) {
        let mut started = self.started.subscribe();
        started.wait_for(|started| *started >= count).await.expect("the gauge is there");
    }
}

pub(crate) struct Entered<'a> {
    gauge: &'a Gauge,
    /// How many had started before.
    pub(crate) place: usize,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.gauge.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What happened, in order.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<String>>);

impl Log {
    pub(crate) fn note(&self, event: impl Into<String>) {
        lock(&self.0).push(event.into());
    }

    pub(crate) fn events(&self) -> Vec<String> {
        lock(&self.0).clone()
    }
}

/// The numbers below `end`.
#[task]
pub(crate) fn count_up(end: usize) -> Vec<usize> {
    (0..end).collect()
}

#[task]
pub(crate) fn count_lazily(end: usize) -> impl Iterator<Item = usize> + Send {
    0..end
}

#[task]
pub(crate) fn total(numbers: Vec<usize>) -> usize {
    numbers.iter().sum()
}

#[task]
pub(crate) fn double(n: usize) -> usize {
    2 * n
}

/// Suspends once before it gives the double.
#[task]
pub(crate) async fn double_later(n: usize) -> usize {
    tokio::task::yield_now().await;
    2 * n
}

/// A DAG that works, to be run after others that did not.
#[dagger::dag]
pub(crate) async fn works(end: usize) -> usize {
    let mut doubled = Vec::new();
    for n in count_up(end) {
        doubled.push(double(n));
    }
    let mut again = Vec::new();
    for n in dagger::identity(doubled) {
        again.push(double_later(n).await);
    }
    total(again)
}

/// Asserts that a runtime is as good as before.
pub(crate) async fn still_works(runtime: &Runtime) {
    let sum = runtime.run(works::call(100)).await.expect("the runtime still works");
    assert_eq!(sum, 4 * 4950);
}

/// Runs a call in all ways; it must end with a panic, and the runtime must work afterwards.
pub(crate) fn assert_panics<T: Send + 'static>(call: fn() -> Call<T>, check: fn(&Error)) {
    let check = move |result: Result<T, Error>| {
        let error = result.err().expect("a task panics");
        assert!(error.is_panic() && !error.is_cancelled(), "{error}");
        assert!(std::error::Error::source(&error).is_none());
        check(&error);
    };
    quiet_panics();
    for runtime in [threads(1), threads(4), Runtime::default()] {
        let here = runtime.clone();
        check(watched("run_blocking", move || here.run_blocking(call())));
        let here = runtime.clone();
        on_current_thread(move || async move {
            check(here.run(call()).await);
            check(here.start(call()).await);
            still_works(&here).await;
        });
        on_multi_thread(move || async move {
            check(runtime.run(call()).await);
            check(runtime.start(call()).await);
            still_works(&runtime).await;
        });
    }
}

pub(crate) fn says(error: &Error, end: &str) {
    let message = error.to_string();
    assert!(message.ends_with(end), "{message:?} should end with {end:?}");
}
