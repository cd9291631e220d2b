//! The laws that the events of any run obey, whatever happens in it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dagger::{Dag, Error, Event, EventKind, NodeKind, Observer};
use tokio::sync::watch;

/// An observer that keeps all events. A clone keeps them in the same place.
#[derive(Clone)]
pub(crate) struct Recorder {
    events: Arc<Mutex<Vec<Event>>>,
    ends: Arc<watch::Sender<usize>>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self { events: Arc::default(), ends: Arc::new(watch::Sender::new(0)) }
    }
}

impl Recorder {
    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All events since it was last asked.
    pub(crate) fn take(&self) -> Vec<Event> {
        self.ends.send_replace(0);
        std::mem::take(&mut *self.events())
    }

    /// How many events there are.
    pub(crate) fn len(&self) -> usize {
        self.events().len()
    }

    /// The events as text, a line each.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.events().iter().map(ToString::to_string).collect()
    }

    /// Waits until a run has told of its end.
    pub(crate) async fn ended(&self) {
        let mut ends = self.ends.subscribe();
        ends.wait_for(|ends| *ends > 0).await.expect("the recorder is there");
    }
}

impl Observer for Recorder {
    fn observe(&self, event: &Event) {
        self.events().push(event.clone());
        if event.node().is_none() && event.kind != EventKind::Started {
            self.ends.send_modify(|ends| *ends += 1);
        }
    }
}

/// How a run ended, as its caller knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End<'a> {
    Value,
    Error(&'a Error),
    /// Its future was dropped.
    Dropped,
}

/// A call: the names of the nodes on the way to it, with their partitions.
pub(crate) type Call = Vec<(String, Option<usize>)>;

pub(crate) fn call_of(event: &Event) -> Call {
    event.path().into_iter().map(|frame| (frame.node, frame.partition)).collect()
}

/// One run: its dag, what was told of it, and how it ended.
pub(crate) struct Observed<'a> {
    pub(crate) dag: &'a Dag,
    pub(crate) log: &'a [Event],
    pub(crate) end: End<'a>,
}

impl Observed<'_> {
    /// Asserts all laws; `case` says which run it was.
    #[track_caller]
    pub(crate) fn obeys_all_laws(&self, case: &dyn Fn() -> String) {
        if let Err(broken) = self.look() {
            let mut log = String::new();
            for event in self.log {
                let _ = writeln!(log, "  {event}");
            }
            let end = format!("{:?}\n{log}", self.end);
            // The hook of the tests is silent about what says that it panics on purpose.
            panic!("{}\n{broken}\n{}", case(), end.replace("on purpose", "by design"));
        }
    }

    fn look(&self) -> Result<(), String> {
        self.the_run_is_around_all()?;
        let calls: Vec<_> = self.log.iter().map(call_of).collect();
        let mut events = HashMap::<_, Vec<usize>>::new();
        for (at, call) in calls.iter().enumerate().filter(|(_, call)| !call.is_empty()) {
            events.entry(&call[..]).or_default().push(at);
        }
        let told = Told { dag: self.dag, log: self.log, end: self.end, calls: &calls, events };
        for (call, events) in &told.events {
            let events = events.iter().map(|at| &self.log[*at]);
            a_call_has_one_life(events).map_err(|broken| format!("{call:?}: {broken}"))?;
        }
        told.nodes_wait_for_what_they_need()?;
        told.calls_lie_within_calls()?;
        told.all_nodes_occur(self.dag, &Vec::new())?;
        told.the_first_failure_counts()
    }

    /// The run begins before all else and ends after all else.
    fn the_run_is_around_all(&self) -> Result<(), String> {
        let [first, .., last] = self.log else { return Err("fewer than two events".to_owned()) };
        let of_run = self.log.iter().filter(|event| event.node().is_none()).count();
        let is_expected = match (&last.kind, self.end) {
            (EventKind::Finished, End::Value) | (EventKind::Cancelled, End::Dropped) => true,
            (EventKind::Cancelled, End::Error(error)) => error.is_cancelled(),
            (EventKind::Failed { error: Some(text) }, End::Error(error)) => {
                text.starts_with(&error.to_string())
            }
            _ => false,
        };
        let is_around = first.node().is_none() && first.kind == EventKind::Started;
        let is_one = self.log.iter().all(|event| event.run == first.run) && of_run == 2;
        match is_around && is_one && last.node().is_none() && is_expected {
            true => Ok(()),
            false => Err("the run is not around all of its events".to_owned()),
        }
    }
}

/// A run, by its calls.
struct Told<'a> {
    dag: &'a Dag,
    log: &'a [Event],
    end: End<'a>,
    /// What each event is of.
    calls: &'a [Call],
    /// The events of each.
    events: HashMap<&'a [(String, Option<usize>)], Vec<usize>>,
}

impl Told<'_> {
    /// The start, or what is told before the end, and the end.
    fn span(&self, call: &[(String, Option<usize>)]) -> Option<(usize, usize)> {
        match self.events.get(call)?[..] {
            [only] => Some((only, only)),
            [.., start, end] => Some((start, end)),
            [] => None,
        }
    }

    /// What starts finds that all nodes before it have finished.
    fn nodes_wait_for_what_they_need(&self) -> Result<(), String> {
        for (at, event) in self.log.iter().enumerate() {
            let (Some(node), EventKind::WillStart | EventKind::Started) =
                (event.node(), &event.kind)
            else {
                continue;
            };
            for before in node.dependencies() {
                let mut call = self.calls[at].clone();
                call.pop();
                call.push((before.to_owned(), None));
                let finished = self
                    .span(&call)
                    .filter(|(_, end)| *end < at && self.log[*end].kind == EventKind::Finished);
                if finished.is_none() {
                    return Err(format!("{event} before {before:?} has finished"));
                }
            }
        }
        Ok(())
    }

    /// The partitions of a map lie between its start and its end, as do the nodes of a nested dag.
    /// What computes may outlast the end of a node that is told of a cancellation.
    fn calls_lie_within_calls(&self) -> Result<(), String> {
        for (at, event) in self.log.iter().enumerate() {
            let mut around = self.calls[at].clone();
            if let Some((node, Some(_))) = around.pop() {
                around.push((node, None));
            }
            if around.is_empty() {
                continue;
            }
            let Some((start, end)) = self.span(&around) else {
                return Err(format!("{event}, and nothing is told of what is around it"));
            };
            let is_given_up = self.log[end].kind == EventKind::Cancelled;
            if at < start || (at > end && !is_given_up) {
                return Err(format!("{event} is not within {around:?}"));
            }
        }
        Ok(())
    }

    /// Every node of a dag that runs is told of, whatever becomes of it.
    fn all_nodes_occur(&self, dag: &Dag, scope: &Call) -> Result<(), String> {
        for node in dag.nodes() {
            let call = |partition| [&scope[..], &[(node.name.clone(), partition)]].concat();
            if self.span(&call(None)).is_none() {
                return Err(format!("nothing is told of {:?}", call(None)));
            }
            let NodeKind::Dag(nested) = &node.kind else { continue };
            let partitions = if node.is_mapped() { usize::MAX } else { 1 };
            for partition in 0..partitions {
                let call = call(node.is_mapped().then_some(partition));
                let Some((_, end)) = self.span(&call) else { break };
                if matches!(self.log[end].kind, EventKind::Finished | EventKind::Failed { .. }) {
                    self.all_nodes_occur(nested, &call)?;
                }
            }
        }
        Ok(())
    }

    /// Of all calls of tasks that failed, the error is that of the first in the order of the bodies.
    fn the_first_failure_counts(&self) -> Result<(), String> {
        let failed = |event: &&Event| {
            let is_task = event.node().is_some_and(|node| {
                node.kind == NodeKind::Task && (!node.is_mapped() || event.partition.is_some())
            });
            is_task && matches!(event.kind, EventKind::Failed { .. })
        };
        let failed = self.log.iter().zip(self.calls).filter(|(event, _)| failed(event));
        let first = failed.map(|(_, call)| call.clone()).min_by_key(|call| self.order(call));
        let expected = match self.end {
            End::Error(error) if !error.is_cancelled() => {
                let frames = error.path().iter();
                Some(frames.map(|frame| (frame.node.clone(), frame.partition)).collect())
            }
            End::Value => None,
            // It was about to fail.
            _ => return Ok(()),
        };
        match first == expected {
            true => Ok(()),
            false => Err(format!("{first:?} is the first that failed, and not {expected:?}")),
        }
    }

    /// Where a call is in the order of the bodies.
    fn order(&self, call: &Call) -> Vec<(usize, Option<usize>)> {
        let (mut dag, mut order) = (Some(self.dag), Vec::new());
        for (name, partition) in call {
            let nodes = dag.map(Dag::nodes).unwrap_or_default();
            let index = nodes.iter().position(|node| node.name == *name).expect("a node");
            order.push((index, *partition));
            dag = match &nodes[index].kind {
                NodeKind::Dag(nested) => Some(nested),
                NodeKind::Task => None,
            };
        }
        order
    }
}

/// `WillStart? (Started (Retried Started)* Retried?)? (Finished|Failed|Cancelled) | Skipped`, and
/// attempts count up. What it started with is its label in the end.
fn a_call_has_one_life<'a>(events: impl Iterator<Item = &'a Event>) -> Result<(), String> {
    #[derive(Debug, PartialEq)]
    enum State {
        New,
        Ready,
        Running,
        Pausing,
        Ended,
    }
    use EventKind::{Cancelled, Failed, Finished, Retried, Skipped, Started, WillStart};
    let (mut state, mut attempt, mut at) = (State::New, 1, std::time::Duration::ZERO);
    let mut label = None;
    for event in events {
        let is_partition = event.partition.is_some();
        state = match (&state, &event.kind) {
            (State::New, WillStart) if !is_partition => State::Ready,
            (State::New, Started) if is_partition => State::Running,
            (State::Ready | State::Pausing, Started) => State::Running,
            (State::Running, Retried { .. }) => State::Pausing,
            (State::New | State::Ready, Skipped)
            | (State::Pausing, Cancelled)
            | (State::Running, Finished | Failed { .. } | Cancelled) => State::Ended,
            (state, kind) => return Err(format!("{kind:?} where it is {state:?}")),
        };
        let is_end_of_pause = event.kind == Cancelled && event.attempt + 1 == attempt;
        if (event.attempt != attempt && !is_end_of_pause) || event.at < at {
            return Err(format!("{event} is attempt {attempt}, or comes too early"));
        }
        match event.kind {
            Started => label = Some(&event.label),
            _ if label.is_some_and(|label| *label != event.label) => {
                return Err(format!("{event} began with the label {label:?}"));
            }
            _ => {}
        }
        attempt += u32::from(state == State::Pausing);
        at = event.at;
    }
    match state {
        State::Ended => Ok(()),
        state => Err(format!("it is {state:?} in the end")),
    }
}
