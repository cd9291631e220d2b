//! How far a run is, looked at where it is held, and what the counters say when it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::{Detail, Event, NodeProgress, Observer, Progress, RunHandle, Runtime, dag, task};
use tokio::task::yield_now;

use crate::shapes::{Act, Fault, Graph, Ledger, Options, Script, Shape, call};
use crate::support::{
    Gauge, Latch, count_up, on_current_thread, on_multi_thread, quiet_panics, total,
};

/// Calls, running, finished, failed and retried.
type Counts = (usize, usize, usize, usize, usize);

fn counts(node: &NodeProgress) -> Counts {
    (node.calls, node.running, node.finished, node.failed, node.retried)
}

fn of(progress: &Progress, address: &str) -> Counts {
    counts(progress.node(address).unwrap_or_else(|| panic!("no {address} in {progress:?}")))
}

/// Looks until the counters of a node are these. That they become so is what is tested; they are counted after the tasks
/// have said that they are there.
async fn become_so<T>(run: &RunHandle<T>, address: &str, expected: Counts) {
    loop {
        let progress = run.progress();
        match progress.node(address).map(counts) {
            Some(counts) if counts == expected => return,
            _ => assert!(!run.is_finished(), "{address} should be {expected:?}: {progress:#?}"),
        }
        yield_now().await;
    }
}

/// An observer that is told of partitions, or only of nodes.
struct Looks(Detail);

impl Observer for Looks {
    fn observe(&self, _: &Event) {}

    fn detail(&self) -> Detail {
        self.0
    }
}

/// The counters are the same, whoever looks on.
fn runtimes() -> [Runtime; 3] {
    let runtime = || Runtime::builder().compute_threads(2);
    [
        runtime().build(),
        runtime().observer(Looks(Detail::Nodes)).build(),
        runtime().observer(Looks(Detail::Partitions)).build(),
    ]
}

/// Fails where it is at one of these partitions, and waits for the latch at others.
#[derive(Debug, Default)]
struct Stage {
    latch: Latch,
    entered: Gauge,
    left: AtomicUsize,
}

#[task]
async fn hold(n: usize, stage: &Stage) -> usize {
    if n >= 2 {
        stage.entered.enter();
        stage.latch.opened().await;
    }
    n
}

#[task(retry(limit = 1))]
async fn hold_again(n: usize, stage: &Stage) -> Result<usize, String> {
    if n == 1 && stage.left.fetch_add(1, Ordering::SeqCst) == 0 {
        return Err("once".to_owned());
    }
    if n >= 2 {
        stage.entered.enter();
        stage.latch.opened().await;
    }
    Ok(n)
}

#[dag]
async fn holds(end: usize, stage: Arc<Stage>) -> usize {
    let mut held = Vec::new();
    for n in count_up(end) {
        held.push(hold(n, &stage).await);
    }
    total(held)
}

/// Does not know how many there are.
#[task]
fn count_unsized(end: usize) -> impl Iterator<Item = usize> + Send {
    (0..).take_while(move |n| *n < end)
}

#[dag]
async fn holds_lazily(end: usize, stage: Arc<Stage>) -> usize {
    let mut held = Vec::new();
    for n in count_unsized(end) {
        held.push(hold(n, &stage).await);
    }
    total(held)
}

#[dag]
async fn holds_again(end: usize, stage: Arc<Stage>) -> Result<usize, String> {
    let mut held = Vec::new();
    for n in count_up(end) {
        held.push(hold_again(n, &stage).await?);
    }
    Ok(total(held))
}

#[dag]
async fn holds_within(end: usize, stage: Arc<Stage>) -> usize {
    let mut held = Vec::new();
    for n in count_up(end) {
        held.push(holds(n, stage.clone()).await);
    }
    total(held)
}

#[test]
fn the_calls_of_a_map_are_counted() {
    let test = || async {
        for runtime in runtimes() {
            let stage = Arc::<Stage>::default();
            let run = runtime.start(holds::call(5, Arc::clone(&stage)));
            stage.entered.reached(3).await;
            become_so(&run, "hold", (5, 3, 2, 0, 0)).await;
            let progress = run.progress();
            assert_eq!(of(&progress, "count-up"), (1, 0, 1, 0, 0));
            assert_eq!(of(&progress, "total"), (0, 0, 0, 0, 0));
            let addresses: Vec<_> = progress.nodes().iter().map(|node| &node.address[..]).collect();
            assert_eq!(addresses, ["count-up", "hold", "total"]);
            assert_eq!(progress.node("nobody"), None);
            stage.latch.open();
            is_over(run, |progress| {
                assert_eq!(of(progress, "hold"), (5, 0, 5, 0, 0));
                assert_eq!(of(progress, "total"), (1, 0, 1, 0, 0));
            })
            .await;
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[test]
fn attempts_are_counted_beside_their_calls() {
    on_current_thread(|| async {
        for runtime in runtimes() {
            let stage = Arc::<Stage>::default();
            let run = runtime.start(holds_again::call(4, Arc::clone(&stage)));
            stage.entered.reached(2).await;
            become_so(&run, "hold-again", (4, 2, 2, 0, 1)).await;
            stage.latch.open();
            is_over(run, |progress| {
                assert_eq!(of(progress, "hold-again"), (4, 0, 4, 0, 1));
            })
            .await;
        }
    });
}

#[test]
fn the_calls_of_a_nested_dag_are_counted_over_all_partitions() {
    let test = || async {
        for runtime in runtimes() {
            let stage = Arc::<Stage>::default();
            let run = runtime.start(holds_within::call(5, Arc::clone(&stage)));
            // 0 + 0 + 0 + 1 + 2 of 0 + 1 + 2 + 3 + 4 are held.
            stage.entered.reached(3).await;
            become_so(&run, "holds.hold", (10, 3, 7, 0, 0)).await;
            become_so(&run, "holds", (5, 2, 3, 0, 0)).await;
            become_so(&run, "holds.total", (3, 0, 3, 0, 0)).await;
            assert_eq!(of(&run.progress(), "holds.count-up"), (5, 0, 5, 0, 0));
            assert_eq!(of(&run.progress(), "total"), (0, 0, 0, 0, 0));
            stage.latch.open();
            is_over(run, |progress| {
                assert_eq!(of(progress, "holds.total"), (5, 0, 5, 0, 0));
                assert_eq!(of(progress, "holds"), (5, 0, 5, 0, 0));
            })
            .await;
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

#[test]
fn of_a_lazy_fan_out_those_are_known_that_it_has_yielded() {
    on_current_thread(|| async {
        for limit in [2, 100] {
            let stage = Arc::<Stage>::default();
            let runtime = Runtime::builder().max_concurrency(limit).build();
            let run = runtime.start(holds_lazily::call(50, Arc::clone(&stage)));
            stage.entered.reached(limit.min(48)).await;
            yield_now().await;
            let (calls, running, finished, ..) = of(&run.progress(), "hold");
            assert_eq!((running, finished), (limit.min(48), 2));
            assert!((running + finished..=50).contains(&calls), "{calls}");
            assert!(limit == 100 || calls < 50, "{calls} are known of already");
            stage.latch.open();
            is_over(run, |progress| assert_eq!(of(progress, "hold"), (50, 0, 50, 0, 0))).await;
        }
    });
}

/// With one slot in the run, another node has its turn when the first partition is done.
#[dag]
async fn holds_beside(stage: Arc<Stage>, beside: Arc<Latch>, begun: Arc<Latch>) -> usize {
    let mut held = Vec::new();
    for n in count_up(3) {
        held.push(hold(n + 2, &stage).await);
    }
    wait_beside(&beside, &begun).await;
    total(held)
}

#[task]
async fn wait_beside(latch: &Latch, begun: &Latch) {
    begun.open();
    latch.opened().await;
}

#[test]
fn what_has_finished_is_counted_while_the_map_waits_for_a_slot() {
    on_current_thread(|| async {
        for watcher in [Detail::Nodes, Detail::Partitions] {
            let runtime = Runtime::builder().max_concurrency(1).observer(Looks(watcher)).build();
            let (stage, beside, begun) =
                (Arc::<Stage>::default(), Arc::<Latch>::default(), Arc::<Latch>::default());
            let call =
                holds_beside::call(Arc::clone(&stage), Arc::clone(&beside), Arc::clone(&begun));
            let run = runtime.start(call);
            stage.latch.open();
            begun.opened().await;
            for _ in 0..10 {
                yield_now().await;
            }
            let (_, running, finished, ..) = of(&run.progress(), "hold");
            assert_eq!((running, finished), (0, stage.entered.started()));
            beside.open();
            is_over(run, |progress| assert_eq!(of(progress, "hold"), (3, 0, 3, 0, 0))).await;
        }
    });
}

/// Waits for the end of a run; nothing runs any more then.
async fn is_over<T>(mut run: RunHandle<T>, look: impl FnOnce(&Progress)) -> Option<dagger::Error> {
    let result = (&mut run).await;
    let progress = run.progress();
    for node in progress.nodes() {
        assert_eq!(node.running, 0, "{progress:#?}");
        assert!(node.finished + node.failed <= node.calls, "{progress:#?}");
    }
    look(&progress);
    result.err()
}

/// What happens at each position of a graph leaves nothing running, and the counters say how often it happened.
#[test]
fn nothing_is_running_when_a_run_is_over() {
    quiet_panics();
    let test = || async {
        for runtime in runtimes() {
            for (shape, positions) in [(Shape::FanOut, 3), (Shape::Nested, 5), (Shape::Diamond, 4)]
            {
                for asyncs in [0, !0, 0b01010, 0b10101] {
                    for position in 0..positions {
                        for act in [Act::Fail, Act::Panic, Act::Hang] {
                            ends_quietly(&runtime, shape, asyncs, position, act).await;
                        }
                    }
                }
            }
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

async fn ends_quietly(runtime: &Runtime, shape: Shape, asyncs: usize, position: usize, act: Act) {
    let graph = Graph { shape, asyncs, special: (position, Options::Plain) };
    let fault = Fault { position, place: None, act, once: false };
    let (script, ledger) = (Script::new(vec![fault], true), Arc::<Ledger>::default());
    let dag = graph.build();
    let mut run = runtime.start(call(&dag, &script, &ledger));
    if act == Act::Hang {
        script.hangs.opened().await;
        run.cancel();
        script.release.open();
    }
    let error = is_over(run, |progress| {
        let failed = progress.nodes().iter().filter(|node| node.failed > 0);
        let failed: Vec<_> = failed.map(|node| &node.address[..]).collect();
        let name = crate::shapes::NAMES[position];
        let is_expected = match act {
            Act::Hang => failed.is_empty(),
            _ => failed.iter().all(|address| address.ends_with(name) || *address == "inner"),
        };
        assert!(is_expected, "{graph:?} {act:?} at {position}: {progress:#?}");
    })
    .await;
    assert!(error.is_some() || act == Act::Hang, "{graph:?} {act:?} at {position}");
}

#[task]
async fn fail_at(n: usize, at: usize, stage: &Stage) -> Result<usize, String> {
    stage.entered.enter();
    if n == at {
        stage.entered.reached(3).await;
        return Err(format!("{n} fails"));
    }
    std::future::pending().await
}

#[dag]
async fn fails_within(n: usize, at: usize, stage: Arc<Stage>) -> Result<usize, String> {
    fail_at(n, at, &stage).await
}

#[dag]
async fn one_fails(at: usize, stage: Arc<Stage>) -> Result<usize, String> {
    let mut held = Vec::new();
    for n in count_up(3) {
        held.push(fails_within(n, at, stage.clone()).await?);
    }
    Ok(total(held))
}

/// The others are given up, which is no failure of theirs.
#[test]
fn only_what_failed_is_counted_as_failed() {
    on_current_thread(|| async {
        for runtime in runtimes() {
            let run = runtime.start(one_fails::call(1, Arc::default()));
            is_over(run, |progress| {
                assert_eq!(of(progress, "fails-within"), (3, 0, 0, 1, 0), "{progress:#?}");
                assert_eq!(of(progress, "fails-within.fail-at"), (3, 0, 0, 1, 0));
            })
            .await;
        }
    });
}

#[task]
fn odd_fails(n: usize) -> Result<usize, String> {
    if n % 2 == 1 { Err(format!("{n} fails")) } else { Ok(n) }
}

#[dag]
fn collects(end: usize) -> Result<usize, String> {
    let numbers = count_up(end);
    let passed = numbers.iter().map(|n| odd_fails(*n)).collect::<Result<Vec<_>, _>>()?;
    Ok(total(passed))
}

/// A map that collects into a `Result` ends with the first `Err`.
#[test]
fn nothing_is_running_when_a_result_has_ended_a_map() {
    let test = || async {
        for runtime in runtimes() {
            let run = runtime.start(collects::call(1000));
            let error = is_over(run, |progress| {
                let (calls, _, finished, failed, _) = of(progress, "odd-fails");
                assert!(calls >= finished + failed && failed <= 1000, "{progress:#?}");
            })
            .await;
            assert_eq!(error.expect("a partition fails").partition(), Some(1));
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}
