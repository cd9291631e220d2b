//! What the code of a node may ask of the runtime that runs it.

use std::any::Any;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::select;

use super::plan::{BoxFuture, Ended, Place};
use super::run::{Run, TrailOf};
use super::span::Span;
use super::value::Boxed;
use crate::error::{Failure, Trail};
use crate::event::{Detail, EventKind, Observer};
use crate::graph::{Dag, NodeKind};
use crate::progress::Count;

/// The executor below a run.
pub trait Host: Send + Sync + 'static {
    /// How many workers are worth starting for work of this kind, at least 1.
    fn parallelism(&self, place: Place) -> usize;

    /// Runs `future` there, at once. The future that comes back is ready when it is done;
    /// dropping it cancels.
    fn spawn(&self, place: Place, future: BoxFuture<()>) -> BoxFuture<()>;

    /// Runs a dag with these parameters nested in the node of `within`, for this partition of it, if
    /// it is a map, polled in place.
    fn run(
        &self,
        dag: Dag,
        parameters: Vec<Boxed>,
        within: &Context,
        partition: usize,
    ) -> BoxFuture<Result<Boxed, Failure>>;

    /// The time, which stands still where tokio's was paused when the run began.
    fn now(&self) -> Instant;

    /// Is ready after this time.
    fn sleep(&self, time: Duration) -> BoxFuture<()>;

    /// Itself, for those who know its type.
    fn as_any(&self) -> &dyn Any;
}

/// How a run is to go, and who looks at it.
#[derive(Clone, Default)]
pub struct Settings {
    /// The most tasks in flight.
    pub max_concurrency: usize,
    /// Whether a map with a failed partition works on the others, and fails with all failures.
    pub all_failures: bool,
    /// Whether a call is made once, whatever its task says of further attempts.
    pub single_attempt: bool,
    /// Who is told what happens.
    pub observers: Vec<Arc<dyn Observer>>,
}

/// Which call of a node something has happened to.
#[derive(Clone, Copy, Default)]
pub(crate) struct CallOf<'a> {
    pub(crate) partition: Option<usize>,
    pub(crate) label: Option<&'a Arc<str>>,
    pub(crate) attempt: u32,
}

impl CallOf<'_> {
    /// The first attempt of a call without a label.
    pub(crate) fn of(partition: Option<usize>) -> Self {
        Self { partition, label: None, attempt: 1 }
    }
}

/// A node's view of its run.
#[derive(Clone)]
pub struct Context {
    /// The run.
    pub run: Arc<Run>,
    /// The index of the node in its dag, which a run calls once.
    pub(super) node: usize,
    /// None before the node starts.
    pub(crate) span: Span,
}

impl Context {
    /// The context of a node that starts in `run`.
    #[must_use]
    pub fn new(run: Arc<Run>, node: usize) -> Self {
        Self { run, node, span: Span::default() }
    }

    /// Makes it the context of another node, which starts in the same run.
    pub fn move_to(&mut self, node: usize) {
        self.node = node;
    }

    /// The index of the node in its dag.
    #[must_use]
    pub fn node(&self) -> usize {
        self.node
    }

    /// The same for one of several workers that run dags within it.
    pub(crate) fn of_worker(&self) -> Self {
        Self { run: self.run.of_worker(), node: self.node, span: self.span.clone() }
    }

    /// Whether somebody is told of single partitions.
    pub(crate) fn tells_partitions(&self) -> bool {
        self.run.root().watch.as_ref().is_some_and(|watch| watch.detail == Detail::Partitions)
    }

    /// Whether a map works on all partitions, whichever fail.
    pub(crate) fn wants_all_failures(&self) -> bool {
        self.run.root().all_failures
    }

    /// Whether no call is made again.
    pub(crate) fn wants_single_attempt(&self) -> bool {
        self.run.root().single_attempt
    }

    /// Tells and counts what has happened to a call of the node.
    pub(crate) fn tell(&self, call: CallOf<'_>, kind: EventKind) {
        let count = match kind {
            EventKind::WillStart
            | EventKind::Skipped
            | EventKind::Recalled
            | EventKind::Outdated { .. }
            | EventKind::NotKept { .. } => None,
            EventKind::Started => (call.attempt == 1).then_some(Count::Started),
            EventKind::Retried { .. } => Some(Count::Retried),
            EventKind::Finished => Some(Count::Finished),
            EventKind::Failed { .. } => Some(Count::Failed),
            EventKind::Cancelled => Some(Count::Cancelled),
        };
        if let Some(count) = count {
            self.count(count, 1);
        }
        self.run.emit(Some(self.node), call, kind);
    }

    /// Tells of the node as a whole. The calls of a map and of a task count themselves; a dag that is
    /// called once is counted here.
    pub fn tell_of_node(&self, kind: EventKind) {
        let node = &self.run.dag().nodes()[self.node];
        let counts_itself = node.is_mapped() || node.kind == NodeKind::Task;
        let is_said_only = matches!(kind, EventKind::Outdated { .. } | EventKind::NotKept { .. });
        if let EventKind::NotKept { reason } = &kind {
            self.run.span.not_kept(&node.name, reason);
        }
        if counts_itself || is_said_only {
            self.run.emit(Some(self.node), CallOf::default(), kind);
            return;
        }
        if kind == EventKind::WillStart {
            self.count(Count::Calls, 1);
        }
        self.tell(CallOf::of(None), kind);
    }

    /// Counts calls of the node.
    pub(crate) fn count(&self, what: Count, calls: usize) {
        if let Some(tally) = &self.run.tally
            && calls > 0
        {
            tally.add(self.node, what, calls);
        }
    }

    /// Counts calls that were made by an earlier run.
    pub(crate) fn count_done(&self, calls: usize) {
        for count in [Count::Calls, Count::Started, Count::Finished] {
            self.count(count, calls);
        }
    }

    /// Tells that an earlier run has made a call of the node. Those of a map are counted when the
    /// map goes on.
    pub fn tell_recalled(&self, partition: Option<usize>) {
        let is_mapped = self.run.dag().nodes()[self.node].is_mapped();
        if !is_mapped {
            self.count_done(1);
        }
        if partition.is_none() || self.tells_partitions() {
            self.run.emit(Some(self.node), CallOf::of(partition), EventKind::Recalled);
        }
    }

    pub(crate) fn max_concurrency(&self) -> usize {
        self.run.root().max_concurrency
    }

    /// The future of the node, in a span, which is that of the context that `make` gets. It is one
    /// call of a task, or a map or a nested dag.
    pub(crate) fn start(
        mut self,
        is_call: bool,
        make: impl FnOnce(Self) -> BoxFuture<Ended>,
    ) -> BoxFuture<Ended> {
        self.span = self.run.span.of_node(self.run.dag(), self.node);
        let span = self.span.clone();
        let made = span.in_scope(|| make(self));
        span.around_boxed(made, is_call)
    }

    /// Waits, but not for longer than the run goes on.
    pub(crate) async fn pause(&self, time: Duration) {
        if !time.is_zero() {
            let pause = self.run.host().sleep(time);
            select(pause, pin!(self.run.stopped())).await;
        }
    }

    /// Runs a dag that is called for `partition`; `rejoin` makes what it returns of its end.
    ///
    /// Keeps the trail of one that fails until the caller knows whether the error ends its own dag or
    /// flows on as a value.
    pub(crate) async fn run_nested<R>(
        &self,
        dag: Dag,
        parameters: Vec<Boxed>,
        rejoin: fn(Result<Boxed, Failure>) -> Result<(R, Trail), Failure>,
        partition: usize,
    ) -> Result<R, Failure> {
        let end = self.run.host().run(dag, parameters, self, partition).await;
        let (value, trail) = rejoin(end)?;
        if !trail.is_empty() {
            self.run.trails().push(TrailOf { node: self.node, partition, trail });
        }
        Ok(value)
    }

    /// The trail of the nested dag that was called for `partition`, if it failed.
    pub(crate) fn take_trail(&self, partition: usize) -> Trail {
        let mut trails = self.run.trails();
        let found = trails.iter().position(|of| of.node == self.node && of.partition == partition);
        found.map(|at| trails.swap_remove(at).trail).unwrap_or_default()
    }
}
