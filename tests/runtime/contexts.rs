//! Where runs may be started from: every kind of tokio runtime, none at all, and tasks of other runs.

use std::sync::Arc;
use std::time::Duration;

use dagger::{Runtime, dag, task};
use tokio::task::{JoinSet, spawn_blocking};

use crate::support::{
    Latch, block_on, child, count_up, double, double_later, everywhere, on_current_thread,
    on_multi_thread, run_child, threads, total, watched, works,
};

#[dag]
fn only_computes(end: usize) -> usize {
    let mut doubled = Vec::new();
    for n in count_up(end) {
        doubled.push(double(n));
    }
    total(doubled)
}

#[dag]
async fn suspends(end: usize) -> usize {
    let numbers = count_up(end);
    let doubled = futures::future::join_all(numbers.iter().map(|n| double_later(*n))).await;
    total(doubled)
}

#[tokio::test]
async fn a_call_is_awaited_on_a_current_thread_runtime() {
    assert_eq!(only_computes::call(10).await.expect("the run succeeds"), 90);
    assert_eq!(suspends::call(10).await.expect("the run succeeds"), 90);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_call_is_awaited_on_a_multi_thread_runtime() {
    assert_eq!(only_computes::call(10).await.expect("the run succeeds"), 90);
    assert_eq!(suspends::call(10).await.expect("the run succeeds"), 90);
}

#[test]
fn a_call_is_run_without_a_runtime() {
    assert_eq!(only_computes::call(10).run_blocking().expect("the run succeeds"), 90);
    assert_eq!(suspends::call(10).run_blocking().expect("the run succeeds"), 90);
    let runtime = Runtime::builder().max_concurrency(2).compute_threads(1).build();
    assert_eq!(runtime.run_blocking(works::call(10)).expect("the run succeeds"), 180);
    assert_eq!(runtime.clone().run_blocking(works::call(10)).expect("the run succeeds"), 180);
}

#[test]
fn a_call_is_run_on_a_thread_that_may_block() {
    let test = || async {
        let blocking = spawn_blocking(|| {
            let computed = only_computes::call(10).run_blocking().expect("the run succeeds");
            computed + suspends::call(10).run_blocking().expect("the run succeeds")
        });
        assert_eq!(blocking.await.expect("run_blocking does not panic"), 180);
    };
    on_current_thread(test);
    on_multi_thread(test);
}

/// Tokio would not let a runtime of its own block here.
#[test]
fn a_call_is_run_on_a_thread_that_polls_futures() {
    let test = || async {
        assert_eq!(only_computes::call(10).run_blocking().expect("the run succeeds"), 90);
        assert_eq!(suspends::call(10).run_blocking().expect("the run succeeds"), 90);
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[test]
fn another_executor_runs_what_needs_no_tokio() {
    watched("the executor of another crate", || {
        let run = async { only_computes::call(10).await };
        assert_eq!(block_on(run).expect("the run succeeds"), 90);
        let run = async { suspends_by_channel::call(10).await };
        assert_eq!(block_on(run).expect("the run succeeds"), 90);
        let runtime = threads(1);
        let run = futures::future::join_all((0..10).map(|n| runtime.run(only_computes::call(n))));
        assert!(block_on(run).into_iter().all(|sum| sum.is_ok()));
    });
}

/// Waits for another thread, with nothing of tokio's.
#[task]
async fn double_elsewhere(n: usize) -> usize {
    let (sender, receiver) = futures::channel::oneshot::channel();
    let thread = std::thread::spawn(move || sender.send(2 * n));
    let doubled = receiver.await.expect("the other thread sends");
    thread.join().expect("the other thread ends").expect("it has sent");
    doubled
}

#[dag]
async fn suspends_by_channel(end: usize) -> usize {
    let mut doubled = Vec::new();
    for n in count_up(end) {
        doubled.push(double_elsewhere(n).await);
    }
    total(doubled)
}

#[task]
fn run_inside(n: usize, runtime: &Runtime) -> usize {
    let computed = runtime.run_blocking(only_computes::call(n)).expect("the inner run succeeds");
    computed + runtime.run_blocking(suspends::call(n)).expect("the inner run succeeds")
}

#[dag]
fn sync_runs_inside(end: usize, runtime: Runtime) -> usize {
    let first = run_inside(end, &runtime);
    let mut sums = Vec::new();
    for n in count_up(end) {
        sums.push(run_inside(n, &runtime));
    }
    total(vec![first, total(sums)])
}

#[test]
fn a_sync_task_runs_dags_even_where_it_has_the_only_compute_thread() {
    for threads_of_its_own in [1, 2] {
        watched("runs in a sync task", move || {
            let runtime = threads(threads_of_its_own);
            let call = || sync_runs_inside::call(10, runtime.clone());
            // 2 n (n - 1) for each of 10, and 0 to 9.
            assert_eq!(runtime.run_blocking(call()).expect("the run succeeds"), 180 + 480);
            assert_eq!(call().run_blocking().expect("the run succeeds"), 660);
        });
        on_current_thread(move || async move {
            let runtime = threads(threads_of_its_own);
            let call = sync_runs_inside::call(10, runtime.clone());
            assert_eq!(runtime.run(call).await.expect("the run succeeds"), 660);
        });
    }
}

#[task]
fn run_deeper(depth: usize, runtime: &Runtime) -> usize {
    match depth {
        0 => 0,
        depth => {
            let call = descends::call(depth - 1, runtime.clone());
            1 + runtime.run_blocking(call).expect("the inner run succeeds")
        }
    }
}

#[dag]
fn descends(depth: usize, runtime: Runtime) -> usize {
    run_deeper(depth, &runtime)
}

#[test]
fn runs_within_runs_within_runs() {
    watched("runs in runs", || {
        let runtime = threads(1);
        let call = descends::call(20, runtime.clone());
        assert_eq!(runtime.run_blocking(call).expect("the run succeeds"), 20);
    });
}

#[task]
async fn rest(time: Duration) -> usize {
    tokio::time::sleep(time).await;
    1
}

#[dag]
async fn rests(time: Duration) -> usize {
    rest(time).await
}

#[task]
fn wait_inside(time: Duration) -> usize {
    rests::call(time).run_blocking().expect("the inner run succeeds")
}

#[dag]
fn waits_inside(time: Duration) -> usize {
    wait_inside(time)
}

/// A compute thread has nothing else to do meanwhile.
#[test]
fn a_sync_task_waits_long_for_a_run() {
    watched("a long run in a sync task", || {
        let run = threads(1).run_blocking(waits_inside::call(Duration::from_millis(600)));
        assert_eq!(run.expect("the run succeeds"), 1);
    });
}

#[task]
async fn await_inside(n: usize) -> usize {
    let computed = only_computes::call(n).await.expect("the inner run succeeds");
    computed + suspends::call(n).await.expect("the inner run succeeds")
}

#[dag]
async fn async_runs_inside(end: usize) -> usize {
    let mut sums = Vec::new();
    for n in count_up(end) {
        sums.push(await_inside(n).await);
    }
    total(sums)
}

#[test]
fn an_async_task_awaits_runs() {
    assert_eq!(everywhere(&threads(1), || async_runs_inside::call(100)), 646_800);
}

#[test]
fn a_thousand_runs_at_once() {
    let test = || async {
        let mut runs = JoinSet::new();
        for n in 0..1000 {
            runs.spawn(async move { (n, works::call(n).await) });
        }
        for (n, sum) in runs.join_all().await {
            assert_eq!(sum.expect("the run succeeds"), 2 * n * n.saturating_sub(1));
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[task]
fn open_and_wait(mine: &Latch, other: &Latch) {
    mine.open();
    other.wait();
}

#[dag]
fn meets(mine: Arc<Latch>, other: Arc<Latch>) {
    open_and_wait(&mine, &other);
}

#[test]
fn runtimes_have_compute_threads_of_their_own() {
    on_current_thread(|| async {
        let (left, right) = (Arc::<Latch>::default(), Arc::<Latch>::default());
        let first = meets::call(Arc::clone(&left), Arc::clone(&right));
        let second = meets::call(right, left);
        let (one, another) = (threads(1), threads(1));
        let (first, second) = tokio::join!(one.run(first), another.run(second));
        first.and(second).expect("both runs succeed");
    });
}

#[test]
fn a_runtime_may_go_before_its_run() {
    on_current_thread(|| async {
        let run = threads(1).run(works::call(100));
        assert_eq!(run.await.expect("the run succeeds"), 19_800);
        let run = threads(2).start(works::call(100));
        assert_eq!(run.await.expect("the run succeeds"), 19_800);
    });
}

#[test]
fn a_run_may_move_between_threads() {
    fn movable<T: Send + 'static>(value: T) -> T {
        value
    }
    on_multi_thread(|| async {
        let call = movable(works::call(10));
        let run = movable(call.into_future());
        let elsewhere = tokio::spawn(run).await.expect("the run does not panic");
        assert_eq!(elsewhere.expect("the run succeeds"), 180);
        let handle = movable(Runtime::default().start(works::call(10)));
        let elsewhere = tokio::spawn(handle).await.expect("the run does not panic");
        assert_eq!(elsewhere.expect("the run succeeds"), 180);
        let call = works::call(10);
        let elsewhere = std::thread::spawn(|| call.run_blocking()).join();
        assert_eq!(elsewhere.expect("no panic").expect("the run succeeds"), 180);
    });
}

#[task]
async fn never_end(started: &Latch) {
    started.open();
    std::future::pending::<()>().await;
}

#[dag]
async fn never_ends(started: Arc<Latch>) {
    never_end(&started).await;
    for _ in count_up(10) {
        never_end(&started).await;
    }
}

#[test]
#[allow(clippy::async_yields_async, reason = "the run is awaited when its runtime is gone")]
fn a_run_ends_with_the_tokio_runtime_that_it_was_started_in() {
    let run = on_multi_thread(|| async {
        let started = Arc::<Latch>::default();
        let run = Runtime::default().start(never_ends::call(Arc::clone(&started)));
        started.opened().await;
        run
    });
    let error = watched("a run that is gone", || block_on(run)).expect_err("the run is gone");
    assert_eq!((error.dag(), error.node()), ("never-ends", None));
}

#[task]
fn describe(seed: u64, name: &str, exponent: u32, factor: f64) -> String {
    format!("{name} {seed} {exponent} {factor}")
}

#[dag]
fn with_defaults(
    #[default("it".to_owned())] name: String,
    seed: u64,
    #[default(2)] exponent: u32,
    #[default(f64::from(1_u8) / 2.0)] factor: f64,
) -> String {
    describe(seed, &name, exponent, factor)
}

#[test]
fn defaults_may_be_left_out() {
    let text = on_current_thread(|| with_defaults::builder().seed(1).call().into_future());
    assert_eq!(text.expect("the run succeeds"), "it 1 2 0.5");
    let call = with_defaults::builder().exponent(3).seed(1).call();
    assert_eq!(call.run_blocking().expect("the run succeeds"), "it 1 3 0.5");
    let call = with_defaults::builder().factor(1.5).name("x".to_owned()).seed(7).exponent(0).call();
    assert_eq!(call.run_blocking().expect("the run succeeds"), "x 7 0 1.5");
    let call = with_defaults::builder().seed(1).exponent(3).exponent(4).call();
    assert_eq!(threads(1).run_blocking(call).expect("the run succeeds"), "it 1 4 0.5");
    let call = with_defaults::call("y".to_owned(), 1, 2, 3.0);
    assert_eq!(call.run_blocking().expect("the run succeeds"), "y 1 2 3");
}

#[task]
fn run_one_inside(runtime: &Runtime) -> usize {
    runtime.run_blocking(only_computes::call(3)).expect("the inner run succeeds")
}

#[dag]
fn one_inside(runtime: Runtime) -> usize {
    run_one_inside(&runtime)
}

/// In a process of its own: a thread that helped others without end would overflow its stack.
#[test]
fn two_thousand_runs_whose_tasks_run_dags() {
    if child().is_none() {
        run_child("contexts::two_thousand_runs_whose_tasks_run_dags", "run");
        return;
    }
    on_multi_thread(|| async {
        let runtime = threads(1);
        let mut runs = JoinSet::new();
        for _ in 0..2000 {
            runs.spawn(runtime.run(one_inside::call(runtime.clone())));
        }
        for sum in runs.join_all().await {
            assert_eq!(sum.expect("the run succeeds"), 6);
        }
    });
}
