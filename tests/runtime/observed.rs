//! What observers are told, word for word; of runs on one thread, where there is one order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dagger::{Call, Detail, Event, EventKind, Observer, Runtime, dag, identity, task};
use futures::StreamExt;

use crate::laws::Recorder;
use crate::shapes::{Act, Fault, Graph, Ledger, Options, Script, Shape, call};
use crate::support::{
    Latch, count_up, double, on_current_thread, on_paused_time, quiet_panics, threads, total,
    watched,
};

fn told<T: Send + 'static>(call: Call<T>) -> Vec<String> {
    let recorder = Recorder::default();
    let told = recorder.clone();
    let runtime = Runtime::builder().compute_threads(1).observer(recorder).build();
    // The result is another test's.
    let _ = watched("an observed run", move || runtime.run_blocking(call).map(|_| ()));
    told.lines()
}

/// The lines of a graph whose tasks do as the script says.
fn told_of(shape: Shape, fault: Option<(usize, Act, bool)>) -> Vec<String> {
    quiet_panics();
    let position = fault.map_or(0, |fault| fault.0);
    let options =
        if fault.is_some_and(|fault| fault.2) { Options::Retried } else { Options::Plain };
    let fault = fault.map(|(position, act, once)| Fault { position, place: None, act, once });
    let graph = Graph { shape, asyncs: 0, special: (position, options) };
    let script = Script::new(fault.into_iter().collect(), false);
    told(call(&graph.build(), &script, &Arc::<Ledger>::default()))
}

fn lines(text: &str) -> Vec<String> {
    text.trim().lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_chain_is_told_of_node_by_node() {
    let expected = lines(
        "dag `chain`: started
         node `a`: will start
         node `a`: started
         node `a`: finished
         node `b`: will start
         node `b`: started
         node `b`: finished
         node `c`: will start
         node `c`: started
         node `c`: finished
         dag `chain`: finished",
    );
    assert_eq!(told_of(Shape::Chain, None), expected);
}

#[test]
fn what_a_failure_prevents_is_skipped() {
    let expected = lines(
        "dag `chain`: started
         node `a`: will start
         node `a`: started
         node `a`: finished
         node `b`: will start
         node `b`: started
         node `b`: failed
         node `c`: skipped
         dag `chain`: failed: dag `chain`, node `b` failed: position 1 is broken",
    );
    assert_eq!(told_of(Shape::Chain, Some((1, Act::Fail, false))), expected);
}

#[test]
fn a_panic_is_told_with_its_message() {
    let log = told_of(Shape::Chain, Some((1, Act::Panic, false)));
    assert_eq!(log[6], "node `b`: failed: panicked: position 1 panics on purpose");
    let expected =
        "dag `chain`: failed: dag `chain`, node `b` panicked: position 1 panics on purpose";
    assert_eq!(log[8], expected);
}

#[test]
fn a_further_attempt_is_told_with_its_number() {
    let expected = lines(
        "dag `chain`: started
         node `a`: will start
         node `a`: started
         node `a`: finished
         node `b`: will start
         node `b`: started
         node `b`: will be retried: position 1 is broken
         node `b`, attempt 2: started
         node `b`, attempt 2: finished
         node `c`: will start
         node `c`: started
         node `c`: finished
         dag `chain`: finished",
    );
    assert_eq!(told_of(Shape::Chain, Some((1, Act::Fail, true))), expected);
}

#[test]
fn a_map_is_told_of_around_its_partitions() {
    let expected = lines(
        "dag `fan-out`: started
         node `a`: will start
         node `a`: started
         node `a`: finished
         node `b`: will start
         node `b`: started
         node `b`, partition 0: started
         node `b`, partition 0: finished
         node `b`, partition 1: started
         node `b`, partition 1: finished
         node `b`, partition 2: started
         node `b`, partition 2: finished
         node `b`: finished
         node `c`: will start
         node `c`: started
         node `c`: finished
         dag `fan-out`: finished",
    );
    assert_eq!(told_of(Shape::FanOut, None), expected);
}

#[test]
fn a_partition_that_fails_ends_its_map() {
    let expected = lines(
        "node `b`: started
         node `b`, partition 0: started
         node `b`, partition 0: failed
         node `b`: failed
         node `c`: skipped
         dag `fan-out`: failed: dag `fan-out`, node `b`, partition 0 failed: position 1 is broken",
    );
    assert_eq!(told_of(Shape::FanOut, Some((1, Act::Fail, false)))[5..], expected);
}

#[test]
fn the_attempts_of_partitions_are_told_of_one_by_one() {
    let log = told_of(Shape::FanOut, Some((1, Act::Panic, true)));
    let expected = lines(
        "node `b`, partition 0: started
         node `b`, partition 0: will be retried: panicked: position 1 panics on purpose
         node `b`, partition 0, attempt 2: started
         node `b`, partition 0, attempt 2: finished",
    );
    let of_first = log.iter().filter(|line| line.contains("partition 0")).cloned();
    assert_eq!(of_first.collect::<Vec<_>>(), expected);
}

#[test]
fn the_nodes_of_a_nested_dag_have_the_way_to_them() {
    let log = told_of(Shape::Nested, None);
    let expected = lines(
        "node `inner`, partition 1: started
         node `inner`, partition 1, node `b`: will start
         node `inner`, partition 1, node `b`: started
         node `inner`, partition 1, node `b`: finished
         node `inner`, partition 1, node `c`: will start
         node `inner`, partition 1, node `c`: started
         node `inner`, partition 1, node `c`, partition 0: started
         node `inner`, partition 1, node `c`, partition 0: finished
         node `inner`, partition 1, node `c`, partition 1: started
         node `inner`, partition 1, node `c`, partition 1: finished
         node `inner`, partition 1, node `c`, partition 2: started
         node `inner`, partition 1, node `c`, partition 2: finished
         node `inner`, partition 1, node `c`: finished
         node `inner`, partition 1, node `d`: will start
         node `inner`, partition 1, node `d`: started
         node `inner`, partition 1, node `d`: finished
         node `inner`, partition 1: finished",
    );
    let of_one = log.iter().filter(|line| line.starts_with("node `inner`, partition 1"));
    assert_eq!(of_one.cloned().collect::<Vec<_>>(), expected);
    assert_eq!(log.first().unwrap(), "dag `nested`: started");
    assert_eq!(log.last().unwrap(), "dag `nested`: finished");
}

#[test]
fn the_arms_of_a_diamond_are_ready_at_the_same_time() {
    let log = told_of(Shape::Diamond, None);
    let at = |line: &str| log.iter().position(|told| told == line).expect("it is told");
    assert!(at("node `b`: will start") < at("node `c`: finished"));
    assert!(at("node `c`: will start") < at("node `b`: finished"));
    assert!(at("node `d`: will start") > at("node `b`: finished").max(at("node `c`: finished")));
    assert_eq!(log.len(), 14);
}

/// Only the retries of partitions are told of, where nothing of the partitions is asked for.
#[derive(Clone, Default)]
struct OfNodes(Recorder);

impl Observer for OfNodes {
    fn observe(&self, event: &Event) {
        self.0.observe(event);
    }

    fn detail(&self) -> Detail {
        Detail::Nodes
    }
}

#[test]
fn nodes_without_their_partitions_still_have_their_retries() {
    watched("details", || {
        for beside in [false, true] {
            let (nodes, all) = (OfNodes::default(), Recorder::default());
            let mut builder = Runtime::builder().compute_threads(1).observer(nodes.clone());
            if beside {
                // It does not matter what others ask for.
                builder = builder.observer(all.clone());
            }
            let graph = Graph { shape: Shape::FanOut, asyncs: 0, special: (1, Options::Retried) };
            let fault = Fault { position: 1, place: Some(vec![2]), act: Act::Fail, once: true };
            let (script, ledger) = (Script::new(vec![fault], false), Arc::<Ledger>::default());
            let result = builder.build().run_blocking(call(&graph.build(), &script, &ledger));
            assert!(result.is_ok());
            let expected = lines(
                "node `b`: will start
                 node `b`: started
                 node `b`, partition 2: will be retried: position 1 is broken
                 node `b`: finished",
            );
            let told = nodes.0.lines();
            assert_eq!(told[4..8], expected);
            let (told, all) = (told.len(), all.lines().len());
            assert_eq!((told, all), (12, if beside { 12 + 7 } else { 0 }));
        }
    });
}

#[test]
fn the_counters_of_a_run_need_no_partitions_to_be_told() {
    on_current_thread(|| async {
        let nodes = OfNodes::default();
        let runtime = Runtime::builder().observer(nodes.clone()).build();
        assert_eq!(runtime.run(doubles::call(1000)).await.expect("it succeeds"), 999_000);
        assert_eq!(nodes.0.lines().len(), 11);
    });
}

/// What has a name is told of: calls with a label, and what fails.
#[derive(Clone, Default)]
struct OfLabels(Recorder);

impl Observer for OfLabels {
    fn observe(&self, event: &Event) {
        self.0.observe(event);
    }

    fn detail(&self) -> Detail {
        Detail::Labels
    }
}

#[task(label = n)]
fn halve_labelled(n: usize) -> Result<usize, String> {
    if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
}

#[task]
fn halve(n: usize) -> Result<usize, String> {
    if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
}

#[dag]
fn halves(end: usize) -> Result<usize, String> {
    let mut halved = Vec::new();
    for n in count_up(end) {
        halved.push(halve(n)?);
    }
    Ok(total(halved))
}

#[dag]
fn halves_labelled(end: usize) -> Result<usize, String> {
    let mut halved = Vec::new();
    for n in count_up(end) {
        halved.push(halve_labelled(n)?);
    }
    Ok(total(halved))
}

#[test]
fn labels_and_failures_are_told_without_other_partitions() {
    watched("labels", || {
        let of_partitions = |call: Call<usize>| {
            let labels = OfLabels::default();
            let builder = Runtime::builder().compute_threads(1).observer(labels.clone());
            let _ = builder.build().run_blocking(call);
            let log = labels.0.take().into_iter().filter(|event| event.partition.is_some());
            log.map(|event| event.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(of_partitions(halves::call(1)), Vec::<String>::new());
        assert_eq!(of_partitions(halves::call(3)), ["node `halve`, partition 1: failed"]);
        let expected = lines(
            "node `halve-labelled`, partition 0 (`0`): started
             node `halve-labelled`, partition 0 (`0`): finished
             node `halve-labelled`, partition 1 (`1`): started
             node `halve-labelled`, partition 1 (`1`): failed",
        );
        assert_eq!(of_partitions(halves_labelled::call(3)), expected);
    });
}

#[test]
fn the_events_of_a_run_itself_have_its_counters() {
    watched("counters", || {
        let recorder = OfNodes::default();
        let runtime = Runtime::builder().observer(recorder.clone()).build();
        runtime.run_blocking(doubles::call(1000)).expect("it succeeds");
        let log = recorder.0.take();
        for event in &log {
            assert_eq!(event.tally().is_some(), event.node().is_none(), "{event}");
        }
        let progress = log[0].tally().expect("it is that of the run").progress();
        let double = progress.node("double").expect("it is there");
        assert_eq!((double.calls, double.finished, double.running), (1000, 1000, 0));
    });
}

#[dag]
fn doubles(end: usize) -> usize {
    let mut doubled = Vec::new();
    for n in count_up(end) {
        doubled.push(double(n));
    }
    total(doubled)
}

#[test]
fn all_observers_are_told_the_same() {
    watched("several observers", || {
        let (first, second) = (Recorder::default(), Recorder::default());
        let count = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&count);
        let third = move |_: &Event| {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        let builder = Runtime::builder().observer(first.clone()).observer(second.clone());
        let runtime = builder.observer(third).compute_threads(1).build();
        runtime.run_blocking(doubles::call(10)).expect("it succeeds");
        assert_eq!(first.lines(), second.lines());
        assert_eq!(count.load(Ordering::SeqCst), first.lines().len());
    });
}

#[test]
fn runs_have_numbers_of_their_own() {
    watched("several runs", || {
        let recorder = Recorder::default();
        let runtime = Runtime::builder().observer(recorder.clone()).build();
        let run = || {
            runtime.run_blocking(doubles::call(2)).expect("it succeeds");
            let log = recorder.take();
            assert!(log.iter().all(|event| event.run == log[0].run));
            log[0].run
        };
        assert!(run() < run());
    });
}

#[test]
fn the_stream_of_events_ends_with_the_runtime() {
    on_current_thread(|| async {
        let (observer, mut events) = dagger::events();
        let runtime = Runtime::builder().observer(observer).build();
        assert!(events.try_next().is_none());
        runtime.run(doubles::call(3)).await.expect("it succeeds");
        let first = events.next().await.expect("an event");
        assert_eq!(first.to_string(), "dag `doubles`: started");
        let (clone, latch) = (runtime.clone(), Arc::<Latch>::default());
        drop(runtime);
        let run = clone.start(waits::call(Arc::clone(&latch)));
        drop(clone);
        latch.open();
        // It ends when the last run has.
        run.await.expect("it succeeds");
        let rest: Vec<String> = events.map(|event| event.to_string()).collect().await;
        assert_eq!(rest.last().expect("events"), "dag `waits`: finished");
    });
}

#[test]
fn events_may_go_nowhere() {
    watched("a stream that was dropped", || {
        let (observer, events) = dagger::events();
        let runtime = Runtime::builder().observer(observer).build();
        drop(events);
        assert_eq!(runtime.run_blocking(doubles::call(3)).expect("it succeeds"), 6);
    });
}

#[task]
async fn wait_for(latch: &Latch) {
    latch.opened().await;
}

#[dag]
async fn waits(latch: Arc<Latch>) {
    wait_for(&latch).await;
}

#[task(retry(limit = 1, backoff = "10s"), timeout = "5m")]
async fn sleep(hours: &Mutex<Vec<u64>>) {
    let hours = hours.lock().expect("no panic").pop().expect("a call");
    tokio::time::sleep(Duration::from_hours(hours)).await;
}

#[dag]
async fn sleeps(hours: Arc<Mutex<Vec<u64>>>) {
    sleep(&hours).await;
}

#[test]
fn the_time_of_an_event_is_that_of_tokio() {
    on_paused_time(|| async {
        let recorder = Recorder::default();
        let runtime = Runtime::builder().observer(recorder.clone()).build();
        let begin = std::time::Instant::now();
        let hours = Arc::new(Mutex::new(vec![0, 1]));
        runtime.run(sleeps::call(hours)).await.expect("the second attempt is quick");
        let log = recorder.take();
        let seconds = |at: usize| log[at].at.as_secs();
        assert!(matches!(log[3].kind, EventKind::Retried { .. }), "{log:?}");
        assert_eq!((seconds(0), seconds(2), seconds(3)), (0, 0, 300));
        assert!((305..=310).contains(&seconds(4)), "{:?}", log[4].at);
        assert!(log.is_sorted_by_key(|event| event.at));
        assert!(begin.elapsed() < Duration::from_mins(1));
    });
}

#[dag]
fn one_by_one(end: usize) -> Vec<usize> {
    let mut numbers = Vec::new();
    for n in count_up(end) {
        numbers.push(identity(n));
    }
    identity(numbers)
}

#[test]
fn an_event_has_an_address_and_a_path() {
    watched("addresses", || {
        let recorder = Recorder::default();
        let runtime = Runtime::builder().observer(recorder.clone()).build();
        runtime.run_blocking(one_by_one::call(1)).expect("it succeeds");
        let log = recorder.take();
        assert!(log[0].node().is_none() && log[0].path().is_empty() && log[0].address().is_empty());
        let partition = log.iter().find(|event| event.partition == Some(0)).expect("a partition");
        assert_eq!((partition.dag(), &partition.address()[..]), ("one-by-one", "identity-1"));
        assert_eq!(partition.path()[0].partition, Some(0));
        assert!(threads(1).run_blocking(one_by_one::call(0)).is_ok());
    });
}
