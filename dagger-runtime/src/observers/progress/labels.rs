//! The labels of calls that are running, and of those that failed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use dagger_core::{Event, EventKind};

use crate::sync::lock;

/// How many places there are for calls that are running, so that few threads want the same.
const PLACES: usize = 16;

/// How many failures and retries of a run are kept.
const MOST_FAILURES: usize = 100;

/// What is known of single calls, of all runs.
#[derive(Default)]
pub(super) struct Labels {
    /// The beginnings of calls that are running, under the address of the label.
    running: [Mutex<HashMap<usize, Event>>; PLACES],
    failures: Mutex<HashMap<u64, Failures>>,
}

/// What went wrong in a run.
#[derive(Default)]
pub(super) struct Failures {
    /// The first ones.
    pub(super) first: Vec<Failure>,
    /// How many more there were.
    pub(super) more: usize,
}

/// A call that failed, or an attempt.
#[derive(Clone)]
pub(super) struct Failure {
    pub(super) address: String,
    /// The label, or else the partition; empty for a node that is no map and has none.
    pub(super) name: String,
    /// Whether another attempt followed.
    pub(super) is_retried: bool,
    /// All of it, in one line.
    pub(super) line: String,
}

impl Labels {
    /// Something has happened to a call.
    pub(super) fn observe(&self, event: &Event) {
        match &event.kind {
            EventKind::Started => self.starts(event),
            EventKind::Failed { .. } | EventKind::Retried { .. } => {
                self.ends(event);
                self.fails(event);
            }
            _ => self.ends(event),
        }
    }

    fn starts(&self, event: &Event) {
        if let Some((place, key)) = self.place(event) {
            lock(place).insert(key, event.clone());
        }
    }

    fn ends(&self, event: &Event) {
        if let Some((place, key)) = self.place(event) {
            lock(place).remove(&key);
        }
    }

    /// Where a call with a label is kept: what it starts with is the same label as what it ends with.
    fn place(&self, event: &Event) -> Option<(&Mutex<HashMap<usize, Event>>, usize)> {
        let key = Arc::as_ptr(event.label.as_ref()?).addr();
        Some((&self.running[key / 16 % PLACES], key))
    }

    fn fails(&self, event: &Event) {
        let mut failures = lock(&self.failures);
        let Failures { first, more } = failures.entry(event.run).or_default();
        if first.len() == MOST_FAILURES {
            *more += 1;
            return;
        }
        first.push(Failure {
            address: event.address(),
            name: name_of(event),
            is_retried: matches!(event.kind, EventKind::Retried { .. }),
            line: event.to_string(),
        });
    }

    /// The labels of the calls of a run that are running, the oldest first, each with the address of its node.
    pub(super) fn running(&self, run: u64) -> Vec<(String, String)> {
        let mut events = Vec::new();
        for place in &self.running {
            events.extend(lock(place).values().filter(|event| event.run == run).cloned());
        }
        events.sort_by_key(|event| (event.at, event.partition));
        events.iter().map(|event| (event.address(), name_of(event))).collect()
    }

    /// What went wrong in a run, and how many more times something did.
    pub(super) fn failures(&self, run: u64) -> Vec<Failure> {
        lock(&self.failures).get(&run).map(|failures| failures.first.clone()).unwrap_or_default()
    }

    /// How many more failures there were than are known of.
    pub(super) fn more_failures(&self, run: u64) -> usize {
        lock(&self.failures).get(&run).map_or(0, |failures| failures.more)
    }

    /// A run is over.
    pub(super) fn forget(&self, run: u64) {
        lock(&self.failures).remove(&run);
        for place in &self.running {
            lock(place).retain(|_, event| event.run != run);
        }
    }
}

fn name_of(event: &Event) -> String {
    match (&event.label, event.partition) {
        (Some(label), _) => label.to_string(),
        (None, Some(partition)) => format!("partition {partition}"),
        (None, None) => String::new(),
    }
}
