//! What the code of a node may ask of the runtime that runs it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_lock::{Semaphore, SemaphoreGuard, SemaphoreGuardArc};
use futures_util::future::{Either, select};

use super::plan::{BoxFuture, Place};
use super::value::Boxed;
use crate::error::{Failure, Frame};
use crate::event::{Detail, Event, EventKind, Observer, Scope, Within};
use crate::graph::Dag;
use crate::progress::{Count, Tally};

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

    /// The time, which stands still where tokio's is paused.
    fn now(&self) -> Instant;

    /// Is ready after this time.
    fn sleep(&self, time: Duration) -> BoxFuture<()>;
}

/// How a run is to go, and who looks at it.
#[derive(Clone, Default)]
pub struct Settings {
    /// The most tasks in flight.
    pub max_concurrency: usize,
    /// Whether a map with a failed partition works on the others, and fails with all failures.
    pub all_failures: bool,
    /// Who is told what happens.
    pub observers: Vec<Arc<dyn Observer>>,
}

/// What the observers of a run need to know of it.
struct Watch {
    observers: Vec<Arc<dyn Observer>>,
    run: u64,
    begin: Instant,
    /// Whether one of them asks for the partitions of maps.
    partitions: bool,
    /// The first panic of one of them.
    panicked: Mutex<Option<Failure>>,
}

impl Watch {
    fn panicked(&self) -> MutexGuard<'_, Option<Failure>> {
        self.panicked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One run of a dag: the outermost, or a nested one within it.
pub struct Run {
    /// The executor.
    pub host: Arc<dyn Host>,
    /// The run of the dag that called this one.
    parent: Option<Arc<Run>>,
    scope: Scope,
    watch: Option<Arc<Watch>>,
    tally: Option<Arc<Tally>>,
    /// The slots of running tasks, those of nested runs included.
    permits: Arc<Semaphore>,
    /// How many tasks wait for a slot.
    waiting: Arc<AtomicUsize>,
    max_concurrency: usize,
    all_failures: bool,
    stopped: AtomicBool,
    /// Tells whoever waits that a run was stopped: this one, or one around it.
    stops: Arc<event_listener::Event>,
    calls: AtomicU64,
    trails: Mutex<Vec<Trail>>,
}

/// The way to the failed node of a nested dag that was called by a node, for a partition.
struct Trail {
    call: u64,
    partition: usize,
    frames: Vec<Frame>,
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
        let Settings { max_concurrency, all_failures, observers } = settings;
        let watch = (!observers.is_empty()).then(|| {
            let partitions =
                observers.iter().any(|observer| observer.detail() == Detail::Partitions);
            let run = RUNS.fetch_add(1, Ordering::Relaxed);
            let (begin, panicked) = (host.now(), Mutex::default());
            Arc::new(Watch { observers, run, begin, partitions, panicked })
        });
        Self {
            host,
            parent: None,
            scope: Scope { dag, within: None },
            watch,
            tally,
            permits: Arc::new(Semaphore::new(max_concurrency)),
            waiting: Arc::default(),
            max_concurrency,
            all_failures,
            stopped: AtomicBool::new(false),
            stops: Arc::default(),
            calls: AtomicU64::new(0),
            trails: Mutex::default(),
        }
    }

    /// A run of `dag` for a call within this one. It ends with this one; this one may outlive it,
    /// since the error of a nested dag can flow on as a value.
    #[must_use]
    pub fn nested(dag: Dag, caller: &Context, partition: usize) -> Self {
        let within = caller.run.watch.as_ref().map(|_| {
            let (scope, node) = (caller.run.scope.clone(), caller.node);
            let partition = scope.dag.nodes()[node].is_mapped().then_some(partition);
            Arc::new(Within { scope, node, partition })
        });
        let parent = &caller.run;
        Self {
            host: Arc::clone(&parent.host),
            parent: Some(Arc::clone(parent)),
            scope: Scope { dag, within },
            watch: parent.watch.clone(),
            tally: parent.tally.as_ref().and_then(|tally| tally.nested(caller.node)),
            permits: Arc::clone(&parent.permits),
            waiting: Arc::clone(&parent.waiting),
            max_concurrency: parent.max_concurrency,
            all_failures: parent.all_failures,
            stopped: AtomicBool::new(false),
            stops: Arc::clone(&parent.stops),
            calls: AtomicU64::new(0),
            trails: Mutex::default(),
        }
    }

    /// The dag that runs.
    #[must_use]
    pub fn dag(&self) -> &Dag {
        &self.scope.dag
    }

    /// Whether somebody is told, or counts, what happens.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.watch.is_some() || self.tally.is_some()
    }

    /// Tells the observers what has happened to the run, the outermost one.
    pub fn tell(&self, kind: EventKind) {
        self.emit(None, CallOf::default(), kind);
    }

    fn emit(&self, node: Option<usize>, call: CallOf<'_>, kind: EventKind) {
        let Some(watch) = &self.watch else { return };
        let CallOf { partition, label, attempt } = call;
        let event = Event {
            run: watch.run,
            at: self.host.now().saturating_duration_since(watch.begin),
            kind,
            partition,
            label: label.cloned(),
            attempt: attempt.max(1),
            scope: self.scope.clone(),
            node,
        };
        let is_partition = partition.is_some() && !matches!(event.kind, EventKind::Retried { .. });
        for observer in &watch.observers {
            if is_partition && observer.detail() != Detail::Partitions {
                continue;
            }
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

    /// Stops the outermost run.
    fn stop_all(&self) {
        match &self.parent {
            Some(parent) => parent.stop_all(),
            None => self.stop(),
        }
    }

    /// What the run ends with, where an observer has panicked meanwhile.
    ///
    /// # Errors
    ///
    /// That panic, unless the run has failed by itself.
    pub fn seen<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        match (result, self.watch.as_ref().and_then(|watch| watch.panicked().take())) {
            (Ok(_), Some(panic)) => Err(panic),
            (Err(failure), Some(panic)) if failure.is_cancelled() => Err(panic),
            (result, _) => result,
        }
    }

    /// Tells all work of the run to end as soon as it can.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.stops.notify(usize::MAX);
    }

    /// Whether the run is over, successfully or not, and nothing new may start.
    #[inline]
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        let is_around = |parent: &Arc<Self>| parent.is_around_stopped();
        self.stopped.load(Ordering::Acquire) || self.parent.as_ref().is_some_and(is_around)
    }

    fn is_around_stopped(&self) -> bool {
        self.is_stopped()
    }

    /// Is ready when the run is over.
    pub async fn stopped(&self) {
        while !self.is_stopped() {
            let stop = self.stops.listen();
            // It may have been stopped before the listener was there.
            if self.is_stopped() {
                return;
            }
            stop.await;
        }
    }

    fn trails(&self) -> MutexGuard<'_, Vec<Trail>> {
        self.trails.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    /// The index of the node in its dag.
    node: usize,
    /// Tells the calls of a run apart, those of one node in several nested runs included.
    call: u64,
}

/// The slot of a running task; dropping it frees the slot.
pub struct Permit {
    _task: Option<SemaphoreGuard<'static>>,
    _run: SemaphoreGuardArc,
}

/// Counts as somebody who waits for a slot.
struct Waits(Arc<AtomicUsize>);

impl Waits {
    fn new(waiting: Arc<AtomicUsize>) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The slots of a worker: taken one by one, lent to calls that are in flight, and used again for the
/// next ones. What is not lent is given back before the worker waits, unless somebody else does.
pub(crate) struct Slots {
    context: Context,
    limit: Limit,
    /// For the next calls.
    spare: usize,
    /// Of calls in flight.
    lent: usize,
}

impl Slots {
    /// Makes sure that there is one to spare. Whether there is.
    #[inline]
    pub(crate) fn try_take(&mut self) -> bool {
        if self.spare == 0
            && let Some(permit) = self.context.try_permit(self.limit)
        {
            self.add(permit);
        }
        self.spare > 0
    }

    /// Waits for one: to be [`add`](Self::add)ed.
    pub(crate) fn wait(&self) -> impl Future<Output = Permit> + Send + use<> {
        self.context.permit(self.limit)
    }

    pub(crate) fn add(&mut self, permit: Permit) {
        let Permit { _task: task, _run: run } = permit;
        run.forget();
        if let Some(task) = task {
            task.forget();
        }
        self.spare += 1;
    }

    /// The spare one goes to a call that is in flight now.
    pub(crate) fn lend(&mut self) {
        self.spare -= 1;
        self.lent += 1;
    }

    /// So many calls in flight have ended.
    #[inline]
    pub(crate) fn free(&mut self, calls: usize) {
        if calls > 0 {
            self.lent -= calls;
            self.spare += calls;
            if self.context.run.waiting.load(Ordering::Relaxed) > 0 {
                self.give_back();
            }
        }
    }

    /// Gives back what is to spare.
    pub(crate) fn give_back(&mut self) {
        let spare = std::mem::take(&mut self.spare);
        if spare > 0 {
            self.context.run.permits.add_permits(spare);
            if let Some(limit) = self.limit {
                limit.add_permits(spare);
            }
        }
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        self.spare += std::mem::take(&mut self.lent);
        self.give_back();
    }
}

/// How many calls of a task may run at the same time in the process.
pub type Limit = Option<&'static Semaphore>;

impl Context {
    /// The context of a node that starts in `run`.
    #[must_use]
    pub fn new(run: Arc<Run>, node: usize) -> Self {
        let call = run.calls.fetch_add(1, Ordering::Relaxed);
        Self { run, node, call }
    }

    /// Whether somebody is told of single partitions.
    pub(crate) fn tells_partitions(&self) -> bool {
        self.run.watch.as_ref().is_some_and(|watch| watch.partitions)
    }

    /// Whether a map works on all partitions, whichever fail.
    pub(crate) fn wants_all_failures(&self) -> bool {
        self.run.all_failures
    }

    /// Tells and counts what has happened to a call of the node.
    pub(crate) fn tell(&self, call: CallOf<'_>, kind: EventKind) {
        let count = match kind {
            EventKind::WillStart | EventKind::Skipped => None,
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

    /// Tells of the node as a whole, whose calls are counted by themselves.
    pub fn tell_of_node(&self, kind: EventKind) {
        self.run.emit(Some(self.node), CallOf::default(), kind);
    }

    /// Counts calls of the node.
    pub(crate) fn count(&self, what: Count, calls: usize) {
        if let Some(tally) = &self.run.tally
            && calls > 0
        {
            tally.add(self.node, what, calls);
        }
    }

    pub(crate) fn max_concurrency(&self) -> usize {
        self.run.max_concurrency
    }

    pub(crate) fn try_permit(&self, limit: Limit) -> Option<Permit> {
        let task = match limit {
            Some(limit) => Some(limit.try_acquire()?),
            None => None,
        };
        Some(Permit { _task: task, _run: self.run.permits.try_acquire_arc()? })
    }

    /// Waits for a slot of the task and one of the run, and holds neither while it waits for the
    /// other: who holds a slot is running.
    pub(crate) fn permit(&self, limit: Limit) -> impl Future<Output = Permit> + Send + use<> {
        let permits = Arc::clone(&self.run.permits);
        let waits = Waits::new(Arc::clone(&self.run.waiting));
        async move {
            let _waits = waits;
            let Some(limit) = limit else {
                return Permit { _task: None, _run: permits.acquire_arc().await };
            };
            loop {
                let task = limit.acquire().await;
                if let Some(run) = permits.try_acquire_arc() {
                    return Permit { _task: Some(task), _run: run };
                }
                drop(task);
                let run = permits.acquire_arc().await;
                if let Some(task) = limit.try_acquire() {
                    return Permit { _task: Some(task), _run: run };
                }
            }
        }
    }

    /// No slots yet, for the calls of a worker.
    pub(crate) fn slots(&self, limit: Limit) -> Slots {
        Slots { context: self.clone(), limit, spare: 0, lent: 0 }
    }

    /// Waits for the slots of a task that is to run.
    ///
    /// # Errors
    ///
    /// If the run has ended.
    pub(crate) async fn enter(&self, limit: Limit) -> Result<Permit, Failure> {
        let permit = match self.try_permit(limit) {
            Some(permit) => Some(permit),
            None => {
                let permit = pin!(self.permit(limit));
                match select(permit, pin!(self.run.stopped())).await {
                    Either::Left((permit, _)) => Some(permit),
                    Either::Right(_) => None,
                }
            }
        };
        match permit {
            Some(permit) if !self.run.is_stopped() => Ok(permit),
            _ => Err(Failure::cancelled()),
        }
    }

    /// Waits, but not for longer than the run goes on.
    pub(crate) async fn pause(&self, time: Duration) {
        if !time.is_zero() {
            let pause = self.run.host.sleep(time);
            select(pause, pin!(self.run.stopped())).await;
        }
    }

    /// Runs a dag that is called for `partition`; `rejoin` makes what it returns of its end.
    ///
    /// Keeps the way to a failed node of it until the caller knows whether the error ends its own
    /// dag or flows on as a value.
    pub(crate) async fn run_nested<R>(
        &self,
        dag: Dag,
        parameters: Vec<Boxed>,
        rejoin: fn(Result<Boxed, Failure>) -> Result<(R, Vec<Frame>), Failure>,
        partition: usize,
    ) -> Result<R, Failure> {
        let end = self.run.host.run(dag, parameters, self, partition).await;
        let (value, frames) = rejoin(end)?;
        if !frames.is_empty() {
            self.run.trails().push(Trail { call: self.call, partition, frames });
        }
        Ok(value)
    }

    /// The way to the failed node of the nested dag that was called for `partition`, if any.
    pub(crate) fn take_trail(&self, partition: usize) -> Vec<Frame> {
        let mut trails = self.run.trails();
        let found = trails.iter().position(|t| t.call == self.call && t.partition == partition);
        found.map(|at| trails.swap_remove(at).frames).unwrap_or_default()
    }
}
