//! How far a run is.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::graph::{Dag, NodeKind};

/// How far a run is: a look at the counters of its nodes, which goes stale at once.
///
/// # Examples
///
/// ```
/// # fn show(progress: &dagger_core::Progress) {
/// for node in progress.nodes() {
///     println!("{}: {} of {} done", node.address, node.finished, node.calls);
/// }
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    nodes: Vec<NodeProgress>,
}

/// How far a node is. Its calls are the partitions of a map, or one; those of a node in a nested dag
/// are counted over all calls of that dag.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeProgress {
    /// The names of the nodes on the way to this one, with dots between: `outer.inner`.
    pub address: String,
    /// How many calls are known of; of a lazy fan-out, those that it has yielded.
    pub calls: usize,
    /// How many of them are running.
    pub running: usize,
    /// How many have finished.
    pub finished: usize,
    /// How many have failed.
    pub failed: usize,
    /// How many attempts have failed and were followed by another.
    pub retried: usize,
}

impl Progress {
    /// The nodes in the order of the body, each followed by those of the dag that it runs, once that
    /// has begun.
    #[must_use]
    pub fn nodes(&self) -> &[NodeProgress] {
        &self.nodes
    }

    /// The same, to be kept.
    #[must_use]
    pub fn into_nodes(self) -> Vec<NodeProgress> {
        self.nodes
    }

    /// The node at this address: `outer.inner`.
    #[must_use]
    pub fn node(&self, address: &str) -> Option<&NodeProgress> {
        self.nodes.iter().find(|node| node.address == address)
    }
}

impl NodeProgress {
    /// A node that nothing is known of.
    #[doc(hidden)]
    #[must_use]
    pub fn new(address: &str) -> Self {
        let address = address.to_owned();
        Self { address, calls: 0, running: 0, finished: 0, failed: 0, retried: 0 }
    }
}

/// The counters of a run: one set a node, however often the run comes to it.
///
/// The event of the beginning of a run [has it](crate::Event::tally).
pub struct Tally {
    dag: Dag,
    nodes: Vec<Counters>,
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tally").field(&self.progress()).finish()
    }
}

/// The counters of a node. None of them guards anything: they are read to be looked at.
#[derive(Default)]
pub(crate) struct Counters {
    calls: AtomicUsize,
    started: AtomicUsize,
    finished: AtomicUsize,
    failed: AtomicUsize,
    cancelled: AtomicUsize,
    retried: AtomicUsize,
    /// Those of the dag that the node runs, once it has run.
    nested: OnceLock<Arc<Tally>>,
}

/// What a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Calls,
    Started,
    Finished,
    Failed,
    Cancelled,
    Retried,
}

impl Tally {
    /// Counters for a dag.
    #[doc(hidden)]
    #[must_use]
    pub fn new(dag: &Dag) -> Arc<Self> {
        let nodes = dag.nodes().iter().map(|_| Counters::default()).collect();
        Arc::new(Self { dag: dag.clone(), nodes })
    }

    /// The counters of the dag that a node runs.
    pub(crate) fn nested(&self, node: usize) -> Option<Arc<Self>> {
        let NodeKind::Dag(dag) = &self.dag.nodes()[node].kind else { return None };
        Some(Arc::clone(self.nodes[node].nested.get_or_init(|| Self::new(dag))))
    }

    pub(crate) fn add(&self, node: usize, what: Count, calls: usize) {
        let counters = &self.nodes[node];
        let counter = match what {
            Count::Calls => &counters.calls,
            Count::Started => &counters.started,
            Count::Finished => &counters.finished,
            Count::Failed => &counters.failed,
            Count::Cancelled => &counters.cancelled,
            Count::Retried => &counters.retried,
        };
        counter.fetch_add(calls, Ordering::Relaxed);
    }

    /// How far the run is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let mut nodes = Vec::new();
        self.look("", &mut nodes);
        Progress { nodes }
    }

    fn look(&self, prefix: &str, nodes: &mut Vec<NodeProgress>) {
        for (node, counters) in self.dag.nodes().iter().zip(&self.nodes) {
            let address = format!("{prefix}{}", node.name);
            // What ends is read first, so that no call has ended that has not started.
            let read = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
            let (finished, failed) = (read(&counters.finished), read(&counters.failed));
            let ended = finished + failed + read(&counters.cancelled);
            let started = read(&counters.started);
            let nested = format!("{address}.");
            nodes.push(NodeProgress {
                address,
                calls: read(&counters.calls).max(started),
                running: started.saturating_sub(ended),
                finished,
                failed,
                retried: read(&counters.retried),
            });
            if let Some(tally) = counters.nested.get() {
                tally.look(&nested, nodes);
            }
        }
    }
}
