//! Runs in the Trace Event Format, which Perfetto and the tracing page of Chromium open:
//! <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>, "JSON Array Format".
//!
//! A run is a process of the trace. Its first threads are lanes of maps and nested dags, the others are lanes
//! of calls.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dagger_core::{Event, EventKind, Observer};
use serde::Serialize;

use super::calls::{Addresses, Call, Calls, Kind, Outcome, within};
use super::file::Whole;
use crate::sync::lock;

/// An observer that writes what happens in runs to a file, for [Perfetto](https://ui.perfetto.dev).
///
/// Each call, of a node or of a partition, is a bar with its address, partition, label, attempt and error; calls
/// that run at the same time are in different lanes. Maps and calls of nested dags are bars around them. What has
/// ended is written at once, so memory does not grow with the number of calls.
///
/// Several runs may be in one file. It appears at its place, whole, with [`finish`](Self::finish), or when nobody
/// has the observer any more. A clone writes to the same file.
///
/// # Examples
///
/// ```
/// use dagger_runtime::{ChromeTrace, Runtime};
///
/// # fn main() -> std::io::Result<()> {
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("trace.json");
/// let trace = ChromeTrace::create(&path)?;
/// let runtime = Runtime::builder().observer(trace.clone()).build();
/// // … runs …
/// trace.finish()?;
/// assert!(std::fs::read_to_string(&path)?.starts_with('['));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ChromeTrace {
    trace: Arc<Mutex<Trace>>,
}

impl ChromeTrace {
    /// A trace in this file, which is replaced at the end, if there is one.
    ///
    /// # Errors
    ///
    /// If a file cannot be written there.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut file = Whole::create(path.as_ref())?;
        file.write_all(b"[")?;
        let trace = Trace {
            file: Some(Ok(file)),
            is_empty: true,
            calls: Calls::default(),
            addresses: Addresses::default(),
            clock: Clock::new(),
            lanes: HashSet::new(),
        };
        Ok(Self { trace: Arc::new(Mutex::new(trace)) })
    }

    /// Ends the file, and moves it to its place. What happens afterwards is not in it.
    ///
    /// # Errors
    ///
    /// The first one that there was in writing; none if it was finished before.
    pub fn finish(&self) -> io::Result<()> {
        lock(&self.trace).finish()
    }
}

impl fmt::Debug for ChromeTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChromeTrace").finish_non_exhaustive()
    }
}

impl Observer for ChromeTrace {
    fn observe(&self, event: &Event) {
        lock(&self.trace).observe(event);
    }
}

struct Trace {
    /// `None` once it is finished.
    file: Option<io::Result<Whole>>,
    is_empty: bool,
    calls: Calls,
    addresses: Addresses,
    clock: Clock,
    /// The lanes that have names.
    lanes: HashSet<(u64, usize)>,
}

/// An object of the file.
#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'a str>,
    ph: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    pid: u64,
    tid: usize,
    args: Args<'a>,
}

/// What is said of it.
#[derive(Default, Serialize)]
struct Args<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// The number of the first lane of calls: those of maps and nested dags come before.
const FIRST_OF_CALLS: usize = 100_000;

impl Trace {
    fn observe(&mut self, event: &Event) {
        match (event.node().is_some(), &event.kind) {
            (false, EventKind::Started) => self.begin(event),
            (false, end) => self.end(event, end),
            (true, kind) => {
                if let Some(call) = self.calls.observe(event) {
                    self.call(event, kind, &call);
                }
            }
        }
    }

    fn begin(&mut self, event: &Event) {
        self.clock.begin(event.run);
        let name = format!("{} (run {})", event.dag(), event.run);
        self.name("process_name", event.run, 0, &name);
        self.name("thread_name", event.run, 0, "run");
    }

    fn end(&mut self, event: &Event, kind: &EventKind) {
        let Some(outcome) = Outcome::of(kind) else { return };
        let (outcome, error) = (Some(outcome.name()), error_of(kind));
        let args = Args { outcome, error, ..Args::default() };
        self.bar(event, ("run", event.dag()), (0, Duration::ZERO, event.at), args);
        self.calls.forget(event.run);
        self.clock.end(event.run);
        self.lanes.retain(|(run, _)| *run != event.run);
    }

    fn call(&mut self, event: &Event, kind: &EventKind, call: &Call) {
        let lane = match call.kind {
            Kind::Task => FIRST_OF_CALLS + call.lane,
            Kind::Map | Kind::Dag => 1 + call.lane,
        };
        if self.lanes.insert((event.run, lane)) {
            let name = if call.kind.is_composed() { "maps and dags" } else { "calls" };
            self.name("thread_name", event.run, lane, &format!("{name} {}", call.lane + 1));
            let args = Args { sort_index: Some(lane), ..Args::default() };
            self.meta("thread_sort_index", event.run, lane, args);
        }
        let address = self.addresses.of(event);
        let address = Arc::clone(&self.addresses.all[address]);
        let name = event.node().map(|node| node.name.as_str()).unwrap_or_default();
        let within = within(event);
        let args = Args {
            node: Some(&address),
            within: within.as_deref(),
            partition: event.partition,
            label: event.label.as_deref(),
            attempt: (event.attempt > 1).then_some(event.attempt),
            outcome: Some(call.outcome.name()),
            error: error_of(kind),
            ..Args::default()
        };
        let name = event.label.as_ref().map_or(name.to_owned(), |label| format!("{name} {label}"));
        self.bar(event, (call.kind.name(), &name), (lane, call.begin, call.end), args);
    }

    fn bar(
        &mut self,
        event: &Event,
        (cat, name): (&str, &str),
        (tid, begin, end): (usize, Duration, Duration),
        args: Args<'_>,
    ) {
        let micros = |time: Duration| Some(time.as_secs_f64() * 1e6);
        let (ts, dur) =
            (micros(self.clock.at(event.run, begin)), micros(end.saturating_sub(begin)));
        self.write(&Entry { name, cat: Some(cat), ph: "X", ts, dur, pid: event.run, tid, args });
    }

    fn name(&mut self, what: &str, pid: u64, tid: usize, name: &str) {
        self.meta(what, pid, tid, Args { name: Some(name), ..Args::default() });
    }

    fn meta(&mut self, name: &str, pid: u64, tid: usize, args: Args<'_>) {
        self.write(&Entry { name, cat: None, ph: "M", ts: None, dur: None, pid, tid, args });
    }

    fn write(&mut self, entry: &Entry<'_>) {
        let Some(Ok(file)) = &mut self.file else { return };
        let before: &[u8] = if self.is_empty { b"\n" } else { b",\n" };
        self.is_empty = false;
        let written = file.write_all(before);
        let written = written.and_then(|()| Ok(serde_json::to_writer(file, entry)?));
        if let Err(error) = written {
            self.file = Some(Err(error));
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let mut file = file?;
        file.write_all(b"\n]\n")?;
        file.keep()
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        // Who wants to know finishes it before.
        let _ = self.finish();
    }
}

fn error_of(kind: &EventKind) -> Option<&str> {
    match kind {
        EventKind::Failed { error } => error.as_deref(),
        EventKind::Retried { error, .. } => Some(error),
        _ => None,
    }
}

/// The time at which the trace began, and that of each run.
struct Clock {
    begin: Instant,
    runs: HashMap<u64, Duration>,
}

impl Clock {
    fn new() -> Self {
        Self { begin: Instant::now(), runs: HashMap::new() }
    }

    /// A run begins now.
    fn begin(&mut self, run: u64) {
        self.runs.insert(run, self.begin.elapsed());
    }

    /// A time of a run, since the beginning.
    fn at(&self, run: u64, at: Duration) -> Duration {
        self.runs.get(&run).copied().unwrap_or_default() + at
    }

    fn end(&mut self, run: u64) {
        self.runs.remove(&run);
    }
}
