//! What is kept of a run: of each node, how its calls went; of single calls, the slowest and those that failed.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dagger_core::error::Frame;
use dagger_core::{Dag, Event, EventKind, NodeKind};

use super::bars::{Bar, Bars};
use super::durations::Durations;
use crate::observers::calls::{Addresses, Call, Calls, Kind, Outcome, within};

/// How many failures, and how many retries, are kept.
const MOST: usize = 200;

/// A run.
pub(super) struct Record {
    pub(super) number: u64,
    pub(super) dag: Dag,
    pub(super) began: SystemTime,
    /// How long it took, or has taken so far.
    pub(super) elapsed: Duration,
    pub(super) outcome: Option<Outcome>,
    /// Why it failed, in one line.
    pub(super) error: Option<String>,
    pub(super) nodes: Vec<Node>,
    pub(super) bars: Bars,
    pub(super) failures: Noted,
    pub(super) retries: Noted,
    pub(super) addresses: Addresses,
    calls: Calls,
}

/// A node, over all its calls.
#[derive(Default)]
pub(super) struct Node {
    /// What its calls are; of a map, those of its partitions, if there are any.
    pub(super) kind: Option<Kind>,
    pub(super) finished: u64,
    pub(super) failed: u64,
    pub(super) cancelled: u64,
    pub(super) skipped: u64,
    pub(super) retried: u64,
    /// How often an earlier run had kept the result of a call.
    pub(super) recalled: u64,
    is_recalled: bool,
    /// When its inputs were there.
    pub(super) ready: Option<Duration>,
    pub(super) begin: Option<Duration>,
    pub(super) end: Option<Duration>,
    /// How the node as a whole ended.
    pub(super) outcome: Option<Outcome>,
    pub(super) durations: Durations,
}

/// The first of some events, and how many there were.
#[derive(Default)]
pub(super) struct Noted {
    pub(super) first: Vec<Event>,
    pub(super) number: usize,
}

impl Noted {
    fn add(&mut self, event: &Event) {
        self.number += 1;
        if self.first.len() < MOST {
            self.first.push(event.clone());
        }
    }
}

impl Record {
    /// A run that begins.
    pub(super) fn new(event: &Event) -> Self {
        Self {
            number: event.run,
            dag: event.graph().clone(),
            began: SystemTime::now(),
            elapsed: Duration::ZERO,
            outcome: None,
            error: None,
            nodes: Vec::new(),
            bars: Bars::default(),
            failures: Noted::default(),
            retries: Noted::default(),
            addresses: Addresses::default(),
            calls: Calls::default(),
        }
    }

    pub(super) fn observe(&mut self, event: &Event) {
        self.elapsed = self.elapsed.max(event.at);
        if event.node().is_none() {
            self.outcome = Outcome::of(&event.kind);
            self.calls.forget(event.run);
            if let EventKind::Failed { error } = &event.kind {
                self.error.clone_from(error);
            }
            return;
        }
        let node = self.addresses.of(event);
        if self.nodes.len() <= node {
            self.nodes.resize_with(node + 1, Node::default);
        }
        self.nodes[node].observe(event);
        match event.kind {
            EventKind::Failed { .. } if !self.echoes(event) => self.failures.add(event),
            EventKind::Retried { .. } => self.retries.add(event),
            _ => {}
        }
        if let Some(call) = self.calls.observe(event) {
            self.nodes[node].add(event, &call);
            self.bars.add(call.kind.is_composed(), call.lane, bar(event, node, &call));
        }
    }

    /// Whether a failure is that of something in it which is known of.
    fn echoes(&self, event: &Event) -> bool {
        let is_call = |node: &dagger_core::Node| {
            node.kind == NodeKind::Task && (event.partition.is_some() || !node.is_mapped())
        };
        if event.node().is_some_and(is_call) {
            return false;
        }
        if self.failures.number >= MOST {
            // Of so many, those of calls are enough.
            return true;
        }
        let path = event.path();
        let is_within = |failure: &Event| {
            let inner = failure.path();
            let at_end = |(at, outer): (usize, &Frame)| {
                let inner: &Frame = &inner[at];
                let is_same = outer.partition.is_none() || outer.partition == inner.partition;
                inner.node == outer.node && is_same
            };
            inner.len() >= path.len() && path.iter().enumerate().all(at_end)
        };
        self.failures.first.iter().any(is_within)
    }

    /// The address of a node.
    pub(super) fn address(&self, node: usize) -> &Arc<str> {
        &self.addresses.all[node]
    }
}

impl Node {
    fn observe(&mut self, event: &Event) {
        match event.kind {
            EventKind::WillStart => self.ready = self.ready.or(Some(event.at)),
            EventKind::Started => self.begin = self.begin.or(Some(event.at)),
            EventKind::Skipped => self.skipped += 1,
            EventKind::Recalled => {
                self.is_recalled = true;
                let is_map = event.node().is_some_and(dagger_core::Node::is_mapped);
                self.recalled += u64::from(event.partition.is_some() || !is_map);
            }
            _ if Outcome::of(&event.kind).is_some() => self.end = Some(event.at),
            _ => {}
        }
    }

    fn add(&mut self, event: &Event, call: &Call) {
        if self.kind.is_none() || call.kind != Kind::Map {
            self.kind = Some(call.kind);
        }
        self.outcome = self.outcome.max(Some(call.outcome));
        if call.kind == Kind::Map {
            return;
        }
        match call.outcome {
            Outcome::Finished => self.finished += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Cancelled => self.cancelled += 1,
            Outcome::Retried => self.retried += 1,
        }
        let took = call.end.saturating_sub(call.begin);
        self.durations.add(took, || calls(event));
    }

    /// What has become of it.
    pub(super) fn state(&self) -> &'static str {
        match self.outcome {
            Some(Outcome::Failed) => "failed",
            Some(Outcome::Cancelled) => "cancelled",
            Some(_) => "finished",
            None if self.begin.is_some() => "running",
            None if self.is_recalled => "recalled",
            None if self.skipped > 0 => "skipped",
            None => "waiting",
        }
    }
}

fn bar(event: &Event, node: usize, call: &Call) -> Bar {
    Bar {
        node: Some(node),
        begin: call.begin,
        end: call.end,
        outcome: call.outcome,
        calls: 1,
        partition: event.partition,
        label: event.label.clone(),
        within: within(event),
    }
}

/// Which call it was: its partition and label, after the partitions around it.
pub(super) fn calls(event: &Event) -> String {
    let partition = event.partition.map(|partition| format!("partition {partition}").into());
    let call: Vec<Arc<str>> = partition.into_iter().chain(event.label.clone()).collect();
    let call = (!call.is_empty()).then(|| call.join(", ").into());
    let all: Vec<Arc<str>> = within(event).into_iter().chain(call).collect();
    all.join("; ")
}
