//! Runs that are given up while they end, and runs whose observers panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagger::{Event, EventKind, Observer, Runtime, dag, task};
use futures::future::{Either, select};

use crate::laws::{End, Observed, Recorder};
use crate::shapes::{Act, Fault, Graph, Ledger, Options, Script, Shape, call};
use crate::support::{
    Latch, count_up, on_current_thread, on_multi_thread, quiet_panics, still_works, threads,
    watched,
};

#[task]
fn compute(begun: &Latch, release: &Latch) {
    begun.open();
    release.wait();
}

#[dag]
fn computes(begun: Arc<Latch>, release: Arc<Latch>) {
    compute(&begun, &release);
}

#[task]
async fn fail_after(latch: &Latch) -> Result<(), String> {
    latch.opened().await;
    Err("it fails".to_owned())
}

/// Waits, when it has failed, for what computes in nested dags.
#[dag]
async fn fails_beside(begun: Arc<Latch>, release: Arc<Latch>) -> Result<(), String> {
    computes(begun.clone(), release.clone());
    for _ in count_up(3) {
        computes(begun.clone(), release.clone());
    }
    fail_after(&begun).await?;
    Ok(())
}

#[test]
fn a_run_that_is_dropped_while_it_ends_tells_of_all_its_calls() {
    let test = || async {
        for threads in [1, 2, 8] {
            let recorder = Recorder::default();
            let builder = Runtime::builder().compute_threads(threads);
            let runtime = builder.observer(recorder.clone()).build();
            let (begun, release) = (Arc::<Latch>::default(), Arc::<Latch>::default());
            let run = runtime.run(fails_beside::call(Arc::clone(&begun), Arc::clone(&release)));
            let failing = Box::pin(async {
                while !recorder.lines().contains(&"node `fail-after`: failed".to_owned()) {
                    tokio::task::yield_now().await;
                }
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
            });
            match select(run, failing).await {
                Either::Left(_) => panic!("it waits for what computes"),
                Either::Right(((), run)) => drop(run),
            }
            release.open();
            recorder.ended().await;
            let (dag, log) = (fails_beside::dag(), recorder.take());
            let observed = Observed { dag: &dag, log: &log, end: End::Dropped };
            observed.obeys_all_laws(&|| format!("{threads} threads"));
            assert_eq!(Arc::strong_count(&begun), 1, "something is left");
        }
    };
    on_current_thread(test);
    on_multi_thread(test);
}

/// Panics at an event.
#[derive(Clone, Default)]
struct Panics {
    at: usize,
    seen: Arc<AtomicUsize>,
}

impl Observer for Panics {
    fn observe(&self, event: &Event) {
        let seen = self.seen.fetch_add(1, Ordering::SeqCst);
        assert!(seen != self.at, "told on purpose: {event}");
    }
}

/// It ends the run as a panic of the node that it was told of, whatever that was; the runtime is as good as before.
#[test]
fn a_panic_of_an_observer_ends_its_run_and_nothing_else() {
    quiet_panics();
    watched("observers that panic", || {
        for (shape, asyncs, fails) in [
            (Shape::FanOut, 0, false),
            (Shape::FanOut, !0, false),
            (Shape::FanOut, 0, true),
            (Shape::Nested, 0, false),
            (Shape::Nested, 0b01010, true),
            (Shape::Diamond, 0b0110, false),
        ] {
            for at in 0.. {
                let (panics, recorder) = (Panics { at, seen: Arc::default() }, Recorder::default());
                let builder = Runtime::builder().compute_threads(1).observer(recorder.clone());
                let runtime = builder.observer(panics.clone()).build();
                let fault = Fault { position: 2, place: None, act: Act::Fail, once: false };
                let script = Script::new(fails.then_some(fault).into_iter().collect(), true);
                let graph = Graph { shape, asyncs, special: (0, Options::Plain) };
                let (dag, ledger) = (graph.build(), Arc::<Ledger>::default());
                let result = runtime.run_blocking(call(&dag, &script, &ledger)).map(|_| ());
                let seen = panics.seen.load(Ordering::SeqCst);
                if seen <= at {
                    assert_eq!(result.is_err(), fails);
                    break;
                }
                let log = recorder.take();
                let is_last = at + 1 >= log.len();
                match result {
                    // The end of the run is told of when it has a result.
                    Ok(()) => assert!(is_last && !fails, "{at}: {:?}", log.last()),
                    Err(error) if error.is_panic() => {
                        assert!(error.to_string().contains("told on purpose"), "{error}");
                    }
                    Err(error) => assert!(fails, "{at}: {error:?}"),
                }
                assert_eq!((ledger.alive(), Arc::strong_count(&script)), (0, 1));
                let runtime = runtime.clone();
                on_current_thread(move || async move { still_works(&runtime).await });
            }
        }
    });
}

#[task]
async fn wait_for_ever() {
    std::future::pending::<()>().await;
}

#[task]
fn compute_briefly() {}

/// Each of the brief ones is ready when the run is stopped at the end of the first.
#[dag]
async fn is_stopped_at_the_first() {
    wait_for_ever().await;
    compute_briefly();
    compute_briefly();
    compute_briefly();
}

#[task]
fn run_inside(runtime: &Runtime) -> String {
    let run = runtime.run_blocking(is_stopped_at_the_first::call());
    run.expect_err("the run was stopped").to_string()
}

#[dag]
fn runs_inside(runtime: Runtime) -> String {
    run_inside(&runtime)
}

/// Panics when a brief node is done.
struct StopsAtTheFirst;

impl Observer for StopsAtTheFirst {
    fn observe(&self, event: &Event) {
        let is_brief = event.node().is_some_and(|node| node.name.starts_with("compute-briefly"));
        assert!(!is_brief || event.kind != EventKind::Finished, "told on purpose");
    }
}

/// Whoever computes leaves the only thread there is to the future of the run, which ends it.
#[test]
fn who_computes_leaves_a_run_that_was_stopped() {
    quiet_panics();
    watched("a run that is stopped while nodes are ready", || {
        let runtime = Runtime::builder().compute_threads(1).observer(StopsAtTheFirst).build();
        let error =
            threads(1).run_blocking(runs_inside::call(runtime)).expect("the outer run succeeds");
        assert!(error.contains("told on purpose"), "{error}");
    });
}
