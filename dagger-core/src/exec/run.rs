//! A run of a dag, and what all that is nested in it shares.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Instant;

use async_lock::Semaphore;

use super::context::{CallOf, Context, Host, Settings};
use super::plan::BoxFuture;
use super::span::Span;
use super::value::Boxed;
use crate::error::{Failure, Trail};
use crate::event::{Detail, Event, EventKind, Observer, Scope, Within};
use crate::graph::Dag;
use crate::progress::Tally;
use crate::sync::lock;

/// What the observers of a run need to know of it.
pub(super) struct Watch {
    observers: Vec<Arc<dyn Observer>>,
    begin: Instant,
    /// What they want to know, all in all.
    pub(super) detail: Detail,
    /// The first panic of one of them.
    panicked: Mutex<Option<Failure>>,
}

impl Watch {
    fn panicked(&self) -> MutexGuard<'_, Option<Failure>> {
        lock(&self.panicked)
    }
}

/// One run of a dag: the outermost, or a nested one within it.
pub struct Run {
    /// The outermost run has it all; a nested one has that by way of the run around it.
    origin: Origin,
    /// The number of the outermost run.
    pub(super) number: u64,
    is_watched: bool,
    scope: Scope,
    pub(super) span: Span,
    pub(super) tally: Option<Arc<Tally>>,
    stopped: AtomicBool,
    trails: Mutex<Vec<TrailOf>>,
    /// What the runtime keeps for it.
    attached: OnceLock<Attached>,
}

/// Whatever a runtime keeps for a run.
pub type Attached = Arc<dyn Any + Send + Sync>;

enum Origin {
    Outermost(Root),
    /// In the run of the dag that called this one.
    Nested(Arc<Run>),
    /// The same run, for one of several that make runs within it: each counts in a place of its own.
    Same(Arc<Run>),
}

/// What a run shares with all that are nested in it.
pub(super) struct Root {
    /// The executor.
    host: Arc<dyn Host>,
    pub(super) watch: Option<Watch>,
    /// The slots of running tasks.
    pub(super) permits: Semaphore,
    /// How many tasks wait for a slot.
    pub(super) waiting: AtomicUsize,
    pub(super) max_concurrency: usize,
    pub(super) all_failures: bool,
    pub(super) single_attempt: bool,
    /// Tells whoever waits that a run was stopped: this one, or one within it.
    stops: event_listener::Event,
}

/// The trail of a nested dag that was called by a node, for a partition, and has failed.
pub(super) struct TrailOf {
    pub(super) node: usize,
    pub(super) partition: usize,
    pub(super) trail: Trail,
}

impl Run {
    /// A run that has not started. The tally, where there is one, counts what happens in it.
    #[must_use]
    pub fn new(
        dag: Dag,
        host: Arc<dyn Host>,
        settings: Settings,
        tally: Option<Arc<Tally>>,
    ) -> Self {
        static RUNS: AtomicU64 = AtomicU64::new(1);
        let Settings { max_concurrency, all_failures, single_attempt, observers } = settings;
        let detail = observers.iter().map(|observer| observer.detail()).max();
        let watch = detail.map(|detail| {
            let (begin, panicked) = (host.now(), Mutex::default());
            Watch { observers, begin, detail, panicked }
        });
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let span = Span::of_run(&dag, number);
        let root = Root {
            host,
            watch,
            permits: Semaphore::new(max_concurrency),
            waiting: AtomicUsize::new(0),
            max_concurrency,
            all_failures,
            single_attempt,
            stops: event_listener::Event::new(),
        };
        // Observers may look at the counters, too.
        let tally = tally.or_else(|| root.watch.as_ref().map(|_| Tally::new(&dag)));
        let scope = Scope { dag, within: None };
        Self::of(Origin::Outermost(root), number, scope, span, tally)
    }

    /// A run of `dag` for a call within this one. It ends with this one; this one may outlive it,
    /// since the error of a nested dag can flow on as a value.
    #[must_use]
    pub fn nested(dag: Dag, caller: &Context, partition: usize) -> Self {
        let around = &caller.run;
        let within = around.root().watch.as_ref().map(|_| {
            let (scope, node) = (around.scope.clone(), caller.node);
            let partition = scope.dag.nodes()[node].is_mapped().then_some(partition);
            Arc::new(Within::new(scope, node, partition))
        });
        let tally = around.tally.as_ref().and_then(|tally| tally.nested(caller.node));
        // In the span of the call, which is entered here, as it is wherever code of it runs.
        let span = Span::of_run(&dag, around.number);
        let (origin, scope) = (Origin::Nested(Arc::clone(around)), Scope { dag, within });
        Self::of(origin, around.number, scope, span, tally)
    }

    fn of(
        origin: Origin,
        number: u64,
        scope: Scope,
        span: Span,
        tally: Option<Arc<Tally>>,
    ) -> Self {
        let (stopped, trails) = (AtomicBool::new(false), Mutex::default());
        let attached = OnceLock::new();
        let is_watched = match &origin {
            Origin::Outermost(root) => tally.is_some() || root.watch.is_some(),
            Origin::Nested(around) | Origin::Same(around) => around.is_watched,
        };
        Self { origin, number, is_watched, scope, span, tally, stopped, trails, attached }
    }

    /// This run, for one of several workers that run dags within it.
    pub(super) fn of_worker(self: &Arc<Self>) -> Arc<Self> {
        let Self { number, scope, span, tally, .. } = &**self;
        let origin = Origin::Same(Arc::clone(self));
        Arc::new(Self::of(origin, *number, scope.clone(), span.clone(), tally.clone()))
    }

    /// The run that this is.
    fn itself(&self) -> &Self {
        match &self.origin {
            Origin::Same(run) => run.itself(),
            _ => self,
        }
    }

    pub(super) fn root(&self) -> &Root {
        let mut run = self;
        loop {
            match &run.origin {
                Origin::Outermost(root) => return root,
                Origin::Nested(around) | Origin::Same(around) => run = around,
            }
        }
    }

    /// Keeps something for a run that has not begun.
    pub fn attach(&self, attached: Attached) {
        // It is done once a run, by whoever makes it.
        let _ = self.attached.set(attached);
    }

    /// What is kept for the run.
    #[inline]
    #[must_use]
    pub fn attached(&self) -> Option<&Attached> {
        self.itself().attached.get()
    }

    /// The executor.
    #[must_use]
    pub fn host(&self) -> &Arc<dyn Host> {
        &self.root().host
    }

    /// The dag that runs.
    #[must_use]
    pub fn dag(&self) -> &Dag {
        &self.scope.dag
    }

    /// Whether somebody is told, or counts, what happens.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.is_watched
    }

    /// Tells the observers what has happened to the run, the outermost one.
    pub fn tell(&self, kind: EventKind) {
        self.span.tell(CallOf::default(), &kind);
        self.emit(None, CallOf::default(), kind);
    }

    pub(super) fn emit(&self, node: Option<usize>, call: CallOf<'_>, kind: EventKind) {
        let root = self.root();
        let Some(watch) = &root.watch else { return };
        let CallOf { partition, label, attempt } = call;
        let least = match kind {
            EventKind::Retried { .. } => Detail::Nodes,
            _ if partition.is_none() => Detail::Nodes,
            EventKind::Failed { .. } => Detail::Labels,
            _ if label.is_some() => Detail::Labels,
            _ => Detail::Partitions,
        };
        if least > watch.detail {
            return;
        }
        let event = Event {
            run: self.number,
            at: root.host.now().saturating_duration_since(watch.begin),
            kind,
            partition,
            label: label.cloned(),
            attempt: attempt.max(1),
            scope: self.scope.clone(),
            node,
            tally: if node.is_none() { self.tally.clone() } else { None },
        };
        for observer in watch.observers.iter().filter(|observer| observer.detail() >= least) {
            // What tells it may be a destructor, or a thread that works for others as well.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| observer.observe(&event))) {
                let mut failure = Failure::panicked(&*panic);
                failure.frames = event.path();
                failure.frames.reverse();
                watch.panicked().get_or_insert(failure);
                self.stop_all();
            }
        }
    }

    /// The future of the outermost run, in its span.
    pub fn in_span<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        self.span.clone().within(future)
    }

    /// The future of a nested run, in its span, which is told of its end.
    #[must_use]
    pub fn nested_in_span(
        &self,
        future: BoxFuture<Result<Boxed, Failure>>,
    ) -> BoxFuture<Result<Boxed, Failure>> {
        self.span.around_boxed(future, false)
    }

    /// Stops the outermost run.
    fn stop_all(&self) {
        match &self.origin {
            Origin::Nested(around) | Origin::Same(around) => around.stop_all(),
            Origin::Outermost(_) => self.stop(),
        }
    }

    /// What the run ends with, where an observer has panicked meanwhile.
    ///
    /// # Errors
    ///
    /// That panic, unless the run has failed by itself.
    pub fn seen<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        match (result, self.root().watch.as_ref().and_then(|watch| watch.panicked().take())) {
            (Ok(_), Some(panic)) => Err(panic),
            (Err(failure), Some(panic)) if failure.is_cancelled() => Err(panic),
            (result, _) => result,
        }
    }

    /// Tells all work of the run to end as soon as it can.
    pub fn stop(&self) {
        self.itself().stopped.store(true, Ordering::Release);
        self.root().stops.notify(usize::MAX);
    }

    /// Whether the run is over, successfully or not, and nothing new may start.
    #[inline]
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
            || match &self.origin {
                Origin::Outermost(_) => false,
                Origin::Nested(around) | Origin::Same(around) => around.is_stopped(),
            }
    }

    /// Is ready when the run is over.
    pub async fn stopped(&self) {
        while !self.is_stopped() {
            let stop = self.root().stops.listen();
            // It may have been stopped before the listener was there.
            if self.is_stopped() {
                return;
            }
            stop.await;
        }
    }

    pub(super) fn trails(&self) -> MutexGuard<'_, Vec<TrailOf>> {
        lock(&self.itself().trails)
    }
}
