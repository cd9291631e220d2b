//! The calls of runs, from their beginning to their end, in lanes: those of one lane do not overlap.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use dagger_core::error::Frame;
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

/// How a call has ended, from well to badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Another attempt followed.
    Retried,
    Finished,
    Cancelled,
    Failed,
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
}

/// Lanes of one kind.
#[derive(Default)]
struct Lanes {
    /// Those that nothing runs in, and when the last call in each ended.
    free: BTreeMap<usize, Duration>,
    number: usize,
}

impl Lanes {
    /// The first lane that is free from this time on. Not each of the free ones is: two threads tell of an end
    /// and of a beginning in either order, whichever was before.
    fn take(&mut self, begin: Duration) -> usize {
        let free = self.free.iter().find(|(_, end)| **end <= begin).map(|(lane, _)| *lane);
        if let Some(lane) = free {
            self.free.remove(&lane);
            return lane;
        }
        self.number += 1;
        self.number - 1
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
            let running = Running { kind, begin: event.at, lane: lanes.take(event.at) };
            self.running.insert(event.call(), running);
            return None;
        }
        let outcome = Outcome::of(&event.kind)?;
        let Running { kind, begin, lane } = self.running.remove(&event.call())?;
        let end = event.at.max(begin);
        if let Some(lanes) = self.lanes.get_mut(&(event.run, kind.is_composed())) {
            lanes.free.insert(lane, end);
        }
        Some(Call { kind, begin, end, outcome, lane })
    }

    /// A run is over.
    pub(super) fn forget(&mut self, run: u64) {
        self.lanes.retain(|(of, _), _| *of != run);
    }
}

/// The partitions of the maps around the call, outermost first: `country: partition 12`.
pub(super) fn within(event: &Event) -> Option<Arc<str>> {
    // Only a call of a nested dag has something around it.
    event.place().0?;
    let path = event.path();
    let (_, around) = path.split_last()?;
    let partition = |frame: &Frame| Some(format!("{}: partition {}", frame.node, frame.partition?));
    let partitions: Vec<_> = around.iter().filter_map(partition).collect();
    (!partitions.is_empty()).then(|| partitions.join("; ").into())
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

#[cfg(feature = "report")]
impl Addresses {
    /// The place of an address that was looked up before.
    pub(super) fn known(&self, event: &Event) -> Option<usize> {
        let (within, node) = event.place();
        self.known.get(&(within.cloned(), node)).copied()
    }
}
