//! What happens in a run, as events.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::error::{Failure, Frame};
use crate::graph::{Dag, Node};
use crate::progress::Tally;

/// Is told what happens in a run.
///
/// It is called where things happen, on whatever thread that is, before the run goes on: it should be
/// quick, and must not block. Events of one call come in order; those of calls that run at the same
/// time come at the same time. A panic in it ends the run, as a failure of the node that it was told
/// of.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use dagger_core::event::{Event, EventKind, Observer};
///
/// /// Counts the attempts that failed.
/// #[derive(Default)]
/// struct Failures(AtomicUsize);
///
/// impl Observer for Failures {
///     fn observe(&self, event: &Event) {
///         if matches!(event.kind, EventKind::Failed { .. } | EventKind::Retried { .. }) {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Something has happened.
    fn observe(&self, event: &Event);

    /// How much it wants to know: everything, where nothing else is said.
    fn detail(&self) -> Detail {
        Detail::Partitions
    }
}

impl<F: Fn(&Event) + Send + Sync + 'static> Observer for F {
    fn observe(&self, event: &Event) {
        self(event);
    }
}

/// How much an [`Observer`] wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Runs and nodes; nothing of the partitions of a map, except their retries. This costs a large
    /// map nothing.
    Nodes,
    /// Of the partitions of maps, also those that fail, and all whose task has a label. This costs a
    /// large map nothing whose task has none.
    Labels,
    /// The partitions of maps as well.
    Partitions,
}

/// Something that has happened in a run: to a node, to a partition of it, or to the run itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event {
    /// Which run of the process.
    pub run: u64,
    /// When, since the run began. Where tokio's time was paused when the run began, that time.
    pub at: Duration,
    /// What.
    pub kind: EventKind,
    /// The partition that a map was working on; `None` for a node as a whole.
    pub partition: Option<usize>,
    /// The label of the call, where its task has one. It is known from [`EventKind::Started`] on.
    pub label: Option<Arc<str>>,
    /// The attempt, counted from 1.
    pub attempt: u32,
    pub(crate) scope: Scope,
    /// The index of the node in its dag.
    pub(crate) node: Option<usize>,
    /// The counters of the run, if this is of the run itself.
    pub(crate) tally: Option<Arc<Tally>>,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// The inputs of a node are there; it starts as soon as there is room.
    WillStart,
    /// It has started. Each `Started` is followed by one of the kinds below, for the same attempt.
    Started,
    /// The attempt failed, and there will be another one after a pause.
    Retried {
        /// Why the attempt failed.
        error: String,
        /// The pause.
        pause: Duration,
    },
    /// It is done.
    Finished,
    /// It failed, for good.
    Failed {
        /// Why. `None` for a node whose task returned an error: its text is in the event of the run.
        error: Option<String>,
    },
    /// It had started, and was given up, because the run ended.
    Cancelled,
    /// It never started, because the run ended.
    Skipped,
    /// It does not start: an earlier run has kept what it returns, in a checkpoint or a cache.
    Recalled,
    /// What an earlier run has kept of it is of no use any more: it will start.
    Outdated {
        /// What is different.
        reason: String,
    },
    /// What it returned is not kept in the cache, and the run goes on: later ones will not have it from
    /// there. Of a map, this is told once, with what was so first.
    NotKept {
        /// Why.
        reason: String,
    },
}

impl EventKind {
    /// What a failure is, as the end of a call.
    #[doc(hidden)]
    #[must_use]
    pub fn of_failure(failure: &Failure) -> Self {
        match failure.is_cancelled() {
            true => Self::Cancelled,
            false => Self::Failed { error: failure.text() },
        }
    }
}

/// A dag of a run: the outermost, or a nested one with the call that runs it.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) dag: Dag,
    pub(crate) within: Option<Arc<Within>>,
}

/// The call that runs a nested dag.
pub(crate) struct Within {
    pub(crate) scope: Scope,
    pub(crate) node: usize,
    pub(crate) partition: Option<usize>,
    /// The names of the nodes on the way to it, once somebody has asked.
    address: OnceLock<Arc<str>>,
}

impl Within {
    pub(crate) fn new(scope: Scope, node: usize, partition: Option<usize>) -> Self {
        Self { scope, node, partition, address: OnceLock::new() }
    }

    fn address(&self) -> &Arc<str> {
        self.address.get_or_init(|| {
            let name = &self.scope.dag.nodes()[self.node].name;
            match &self.scope.within {
                Some(within) => format!("{}.{name}", within.address()).into(),
                None => name.as_str().into(),
            }
        })
    }
}

/// Which call of a run an [`Event`] is of: the same for all that happens to a call, and another one for
/// calls that run at the same time. The attempts of a call share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId {
    run: u64,
    /// Where the call that runs the nested dag is kept as long as that runs.
    within: usize,
    node: Option<usize>,
    partition: Option<usize>,
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dag.name())
    }
}

impl Scope {
    /// The way from the outermost dag to the call that runs this one.
    fn frames(&self) -> Vec<Frame> {
        let (mut frames, mut within) = (Vec::new(), &self.within);
        while let Some(call) = within {
            frames.push(Frame::new(&call.scope.dag.nodes()[call.node].name, call.partition));
            within = &call.scope.within;
        }
        frames.reverse();
        frames
    }
}

impl Event {
    /// The name of the dag that the node is in; of the dag that runs, where this is of the run.
    #[must_use]
    pub fn dag(&self) -> &str {
        self.scope.dag.name()
    }

    /// The dag that the node is in; the dag that runs, where this is of the run.
    #[must_use]
    pub fn graph(&self) -> &Dag {
        &self.scope.dag
    }

    /// The node; `None` where this is of the run itself.
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        self.node.map(|node| &self.scope.dag.nodes()[node])
    }

    /// The counters of the run, to be looked at as long as one likes; `None` where this is of a node.
    #[must_use]
    pub fn tally(&self) -> Option<&Arc<Tally>> {
        self.tally.as_ref()
    }

    /// The way from the dag that was run to this call, outermost first, as in the
    /// [`path`](crate::Error::path) of an error; empty where this is of the run itself.
    #[must_use]
    pub fn path(&self) -> Vec<Frame> {
        let mut frames = self.scope.frames();
        if let Some(node) = self.node() {
            let mut frame = Frame::new(&node.name, self.partition);
            frame.label.clone_from(&self.label);
            frame.attempt = (self.attempt > 1).then_some(self.attempt);
            frames.push(frame);
        }
        frames
    }

    /// The names of the nodes on the way to this one, with dots between: `outer.inner`.
    #[must_use]
    pub fn address(&self) -> String {
        let name = self.node().map(|node| node.name.as_str()).unwrap_or_default();
        match self.place().0 {
            Some(within) => format!("{within}.{name}"),
            None => name.to_owned(),
        }
    }

    /// Which call this is of. What begins with a [`Started`](EventKind::Started) ends with the next event
    /// that has the same.
    #[must_use]
    pub fn call(&self) -> CallId {
        let within = self.scope.within.as_ref().map_or(0, |within| Arc::as_ptr(within).addr());
        CallId { run: self.run, within, node: self.node, partition: self.partition }
    }

    /// The address in parts, which take no time to look at: that of the call around, and the index of
    /// the node in its dag.
    #[doc(hidden)]
    #[must_use]
    pub fn place(&self) -> (Option<&Arc<str>>, Option<usize>) {
        (self.scope.within.as_ref().map(|within| within.address()), self.node)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WillStart => write!(f, "will start"),
            Self::Started => write!(f, "started"),
            Self::Retried { error, pause } if pause.is_zero() => {
                write!(f, "will be retried: {error}")
            }
            Self::Retried { error, pause } => {
                write!(f, "will be retried in {:?}: {error}", rounded(*pause))
            }
            Self::Finished => write!(f, "finished"),
            Self::Failed { error: None } => write!(f, "failed"),
            Self::Failed { error: Some(error) } => write!(f, "failed: {error}"),
            Self::Cancelled => write!(f, "cancelled"),
            Self::Skipped => write!(f, "skipped"),
            Self::Recalled => write!(f, "recalled"),
            Self::Outdated { reason } => write!(f, "is outdated: {reason}"),
            Self::NotKept { reason } => write!(f, "is not kept: {reason}"),
        }
    }
}

/// A time in three digits, or in seconds.
fn rounded(time: Duration) -> Duration {
    let Ok(nanos) = u64::try_from(time.as_nanos()) else { return time };
    let digits = nanos.checked_ilog10().unwrap_or_default();
    let unit = 10_u64.pow(digits.saturating_sub(2).min(9));
    Duration::from_nanos(nanos.saturating_add(unit / 2) / unit * unit)
}

impl fmt::Display for Event {
    /// One line without the time: ``node `fetch`, partition 3 (`fr`), attempt 2: finished``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frames = self.path();
        if frames.is_empty() {
            return write!(f, "dag `{}`: {}", self.dag(), self.kind);
        }
        for (index, frame) in frames.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{frame}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::EventKind;

    #[test]
    fn a_pause_has_three_digits() {
        for (nanos, text) in [
            (0, "will be retried: busy"),
            (7, "will be retried in 7ns: busy"),
            (40_970_797, "will be retried in 41ms: busy"),
            (1_234_567_890, "will be retried in 1.23s: busy"),
            (3_600_400_000_000, "will be retried in 3600s: busy"),
        ] {
            let (error, pause) = ("busy".to_owned(), Duration::from_nanos(nanos));
            assert_eq!(EventKind::Retried { error, pause }.to_string(), text);
        }
        let (error, pause) = ("busy".to_owned(), Duration::MAX);
        assert!(EventKind::Retried { error, pause }.to_string().ends_with("s: busy"));
    }
}
