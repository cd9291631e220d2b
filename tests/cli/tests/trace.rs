//! The traces of runs: what is in them, whatever the run ends with.

mod support;

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dagger::{ChromeTrace, Event, EventKind, Observer, Runtime, dag, task};
use serde_json::{Value, json};
use support::Program;
use support::place::Place;

/// The trace that a command leaves, which ends with this status.
fn trace(case: &'static str, command: &str, status: i32) -> Vec<Value> {
    let place = Place::new();
    let command = format!("run {command} --trace @/trace.json");
    let output = Program::of(case).output(&place.words(&command));
    assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(place.files().iter().all(|name| !name.starts_with('.')));
    let text = fs::read_to_string(place.at("trace.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn bars<'t>(trace: &'t [Value], name: &str) -> Vec<&'t Value> {
    trace.iter().filter(|entry| entry["ph"] == "X" && entry["name"] == name).collect()
}

/// No two bars of a lane overlap, and all are within the run.
fn lanes_are_lanes(trace: &[Value]) {
    let bars = || trace.iter().filter(|entry| entry["ph"] == "X");
    let span = |bar: &Value| {
        let begin = bar["ts"].as_f64().unwrap();
        (begin, begin + bar["dur"].as_f64().unwrap())
    };
    let (begin, end) = span(bars().find(|bar| bar["cat"] == "run").expect("the run is there"));
    for (index, one) in bars().enumerate() {
        let (from, to) = span(one);
        assert!(begin <= from && from <= to && to <= end + 0.01, "{one}");
        for other in bars().skip(index + 1).filter(|other| other["tid"] == one["tid"]) {
            let (other_from, other_to) = span(other);
            assert!(other_to <= from + 0.01 || to <= other_from + 0.01, "{one} {other}");
        }
    }
    let named = |bar: &Value| {
        let is_name = |entry: &&Value| entry["name"] == "thread_name" && entry["tid"] == bar["tid"];
        trace.iter().filter(is_name).count() == 1
    };
    assert!(bars().all(named));
}

#[test]
fn each_call_is_a_bar() {
    let trace = trace("map_of_10", "--count 10 --by 2", 0);
    lanes_are_lanes(&trace);
    let names = ["run", "numbers", "scale", "joined"];
    assert_eq!(bars(&trace, "map-reduce")[0]["args"], json!({ "outcome": "finished" }));
    assert_eq!(names.map(|name| bars(&trace, name).len()), [0, 1, 11, 1]);
    let scale = bars(&trace, "scale");
    let map: Vec<_> = scale.iter().filter(|bar| bar["cat"] == "map").collect();
    assert_eq!(map[0]["args"], json!({ "node": "scale", "outcome": "finished" }));
    let mut partitions: Vec<_> =
        scale.iter().filter_map(|bar| bar["args"]["partition"].as_u64()).collect();
    partitions.sort_unstable();
    assert_eq!(partitions, (0..10).collect::<Vec<_>>());
}

#[test]
fn nested_dags_are_around_their_calls() {
    let trace = trace("rate_all", "--count 3", 0);
    lanes_are_lanes(&trace);
    let scores = bars(&trace, "score");
    assert_eq!(scores.len(), 9);
    assert!(scores.iter().all(|bar| bar["args"]["node"] == "rate-products.rate.score"));
    let mut within: Vec<_> =
        scores.iter().map(|bar| bar["args"]["within"].as_str().unwrap()).collect();
    within.sort_unstable();
    assert_eq!(within[5], "rate-products: partition 1; rate: partition 2");
    within.dedup();
    assert_eq!(within.len(), 9);
    assert_eq!(bars(&trace, "rate-products").iter().filter(|bar| bar["cat"] == "dag").count(), 3);
}

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

#[dag]
fn doubled(numbers: Vec<u64>) -> Vec<u64> {
    let mut doubled = Vec::new();
    for n in dagger::identity(numbers) {
        doubled.push(double(n));
    }
    dagger::identity(doubled)
}

/// Two threads tell of an end and of a beginning in either order, whichever was before.
#[test]
fn an_end_may_be_told_before_an_earlier_beginning() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&events);
    let observer = move |event: &Event| told.lock().unwrap().push(event.clone());
    let one_thread = Runtime::builder().observer(observer).compute_threads(1).build();
    assert_eq!(one_thread.run_blocking(doubled::call(vec![1, 2, 3])).unwrap(), [2, 4, 6]);

    let mut events = std::mem::take(&mut *events.lock().unwrap());
    let mut before = None;
    for event in events.iter_mut().filter(|event| event.partition.is_some()) {
        match event.kind {
            EventKind::Started => {
                event.at = before.map_or(event.at, |end: Duration| end.mul_f64(0.99));
            }
            EventKind::Finished => before = Some(event.at),
            _ => {}
        }
    }
    let place = Place::new();
    let trace = ChromeTrace::create(place.at("trace.json")).unwrap();
    events.iter().for_each(|event| trace.observe(event));
    trace.finish().unwrap();
    let text = fs::read_to_string(place.at("trace.json")).unwrap();
    lanes_are_lanes(&serde_json::from_str::<Vec<Value>>(&text).unwrap());
}

#[test]
fn attempts_have_labels_and_errors() {
    let trace = trace("retried_once", "--text a", 0);
    lanes_are_lanes(&trace);
    let args: Vec<_> = bars(&trace, "stumble a").iter().map(|bar| bar["args"].clone()).collect();
    assert_eq!(
        args,
        [
            json!({ "node": "stumble", "label": "a", "outcome": "retried", "error": "not yet" }),
            json!({ "node": "stumble", "label": "a", "outcome": "finished", "attempt": 2 }),
        ]
    );
}

#[test]
fn a_run_that_fails_has_a_trace() {
    let trace = trace("failing", "--n 1", 1);
    lanes_are_lanes(&trace);
    let panicking = &bars(&trace, "panicking")[0]["args"];
    assert_eq!(panicking["outcome"], "failed");
    assert_eq!(panicking["error"], "panicked: one is\nnot enough");
    let run = &bars(&trace, "failing")[0]["args"];
    assert_eq!(run["outcome"], "failed");
    assert!(run["error"].as_str().unwrap().starts_with("dag `failing`, node `panicking`"));
}

#[test]
fn what_cannot_be_written_is_said_before_anything_runs() {
    let place = Place::new();
    let fails = |to: &str, status, line: &str| {
        let line = format!("`--trace {to}` cannot be written: {line}");
        place.fails("failing", &format!("run --n 1 --trace {to}"), status, &line);
    };
    fails("@/none/trace.json", 2, "there is no `@/none`");
    fails("@/directory", 2, "it is a directory, and this value is one file");
}

#[cfg(target_os = "linux")]
#[test]
fn what_happens_to_the_file_is_said_at_the_end() {
    let place = Place::new();
    let line = "`--trace /dev/full` cannot be written: No space left on device";
    place.fails("map_of_1", "run --count 1 --trace /dev/full", 1, line);
}
