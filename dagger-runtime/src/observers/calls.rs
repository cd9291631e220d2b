//! The calls of runs, from their beginning to their end, in lanes: those of one lane do not overlap.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dagger_core::{CallId, Event, EventKind, NodeKind};

/// What a node is, as far as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A call of a task.
    Task,
    /// A map, around the calls of its partitions.
    Map,
    /// A call of a nested dag.
    Dag,
}

impl Kind {
    /// Whether it is made of other calls.
    pub(super) fn is_composed(self) -> bool {
        self != Self::Task
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Map => "map",
            Self::Dag => "dag",
        }
    }
}

/// How a call has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Finished,
    Failed,
    /// Another attempt followed.
    Retried,
    Cancelled,
}

impl Outcome {
    pub(super) fn of(kind: &EventKind) -> Option<Self> {
        match kind {
            EventKind::Finished => Some(Self::Finished),
            EventKind::Failed { .. } => Some(Self::Failed),
            EventKind::Retried { .. } => Some(Self::Retried),
            EventKind::Cancelled => Some(Self::Cancelled),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Retried => "retried",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A call of a task, or one attempt of it; a map, or a call of a nested dag. It has ended.
pub(super) struct Call {
    pub(super) kind: Kind,
    pub(super) begin: Duration,
    pub(super) end: Duration,
    pub(super) outcome: Outcome,
    /// Composed calls have lanes of their own.
    pub(super) lane: usize,
    /// Whether it is the first one in its lane.
    pub(super) is_new_lane: bool,
}

/// The calls that are running, of any number of runs.
#[derive(Default)]
pub(super) struct Calls {
    running: HashMap<CallId, Running>,
    lanes: HashMap<(u64, bool), Lanes>,
}

struct Running {
    kind: Kind,
    begin: Duration,
    lane: usize,
    is_new_lane: bool,
}

/// Lanes of one kind.
#[derive(Default)]
struct Lanes {
    free: BinaryHeap<Reverse<usize>>,
    number: usize,
}

impl Lanes {
    /// The first lane that is free, and whether it is new.
    fn take(&mut self) -> (usize, bool) {
        match self.free.pop() {
            Some(Reverse(lane)) => (lane, false),
            None => {
                self.number += 1;
                (self.number - 1, true)
            }
        }
    }
}

impl Calls {
    /// Something has happened to a call. What it was, if that was its end.
    pub(super) fn observe(&mut self, event: &Event) -> Option<Call> {
        let node = event.node()?;
        if event.kind == EventKind::Started {
            let kind = match (&node.kind, event.partition) {
                (_, None) if node.is_mapped() => Kind::Map,
                (NodeKind::Dag(_), _) => Kind::Dag,
                (NodeKind::Task, _) => Kind::Task,
            };
            let lanes = self.lanes.entry((event.run, kind.is_composed())).or_default();
            let (lane, is_new_lane) = lanes.take();
            let running = Running { kind, begin: event.at, lane, is_new_lane };
            self.running.insert(event.call(), running);
            return None;
        }
        let outcome = Outcome::of(&event.kind)?;
        let Running { kind, begin, lane, is_new_lane } = self.running.remove(&event.call())?;
        if let Some(lanes) = self.lanes.get_mut(&(event.run, kind.is_composed())) {
            lanes.free.push(Reverse(lane));
        }
        Some(Call { kind, begin, end: event.at.max(begin), outcome, lane, is_new_lane })
    }

    /// A run is over.
    pub(super) fn forget(&mut self, run: u64) {
        self.lanes.retain(|(of, _), _| *of != run);
    }
}

/// The addresses of nodes, each of which is made once.
#[derive(Default)]
pub(super) struct Addresses {
    known: HashMap<(Option<Arc<str>>, Option<usize>), usize>,
    pub(super) all: Vec<Arc<str>>,
}

impl Addresses {
    /// The place of the address of a node among all.
    pub(super) fn of(&mut self, event: &Event) -> usize {
        let (within, node) = event.place();
        let place = (within.cloned(), node);
        *self.known.entry(place).or_insert_with(|| {
            self.all.push(event.address().into());
            self.all.len() - 1
        })
    }
}

/// The time at which observers of several runs began to look on, and that of each run.
pub(super) struct Clock {
    begin: Instant,
    runs: HashMap<u64, Duration>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { begin: Instant::now(), runs: HashMap::new() }
    }

    /// A run begins now.
    pub(super) fn begin(&mut self, run: u64) {
        self.runs.insert(run, self.begin.elapsed());
    }

    /// A time of a run, since the beginning.
    pub(super) fn at(&self, run: u64, at: Duration) -> Duration {
        self.runs.get(&run).copied().unwrap_or_default() + at
    }

    pub(super) fn end(&mut self, run: u64) {
        self.runs.remove(&run);
    }
}
