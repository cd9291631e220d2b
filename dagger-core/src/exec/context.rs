//! What the code of a node may ask of the runtime that runs it.

use std::any::Any;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::{Duration, Instant};

use async_lock::{Semaphore, SemaphoreGuard};
use futures_util::future::{Either, select};

use super::plan::{BoxFuture, Ended, Place};
use super::span::Span;
use super::value::Boxed;
use crate::error::{Failure, Frame};
use crate::event::{Detail, Event, EventKind, Observer, Scope, Within};
use crate::graph::{Dag, NodeKind};
use crate::progress::{Count, Tally};
use crate::sync::lock;

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
    /// Who is told what happens.
    pub observers: Vec<Arc<dyn Observer>>,
}

/// What the observers of a run need to know of it.
struct Watch {
    observers: Vec<Arc<dyn Observer>>,
    begin: Instant,
    /// Whether one of them asks for the partitions of maps.
    partitions: bool,
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
    number: u64,
    is_watched: bool,
    scope: Scope,
    span: Span,
    tally: Option<Arc<Tally>>,
    stopped: AtomicBool,
    trails: Mutex<Vec<Trail>>,
}

enum Origin {
    Outermost(Root),
    /// In the run of the dag that called this one.
    Nested(Arc<Run>),
    /// The same run, for one of several that make runs within it: each counts in a place of its own.
    Same(Arc<Run>),
}

/// What a run shares with all that are nested in it.
struct Root {
    /// The executor.
    host: Arc<dyn Host>,
    watch: Option<Watch>,
    /// The slots of running tasks.
    permits: Semaphore,
    /// How many tasks wait for a slot.
    waiting: AtomicUsize,
    max_concurrency: usize,
    all_failures: bool,
    /// Tells whoever waits that a run was stopped: this one, or one within it.
    stops: event_listener::Event,
}

/// The way to the failed node of a nested dag that was called by a node, for a partition.
struct Trail {
    node: usize,
    partition: usize,
    frames: Vec<Frame>,
}

thread_local! {
    /// The number of the run of which this thread holds a slot that no task uses now; 0 for none.
    static HELD: Cell<u64> = const { Cell::new(0) };
}

/// Holds a slot of a run for the tasks that a thread does one after another: see [`Run::burst`].
pub struct Burst<'a> {
    /// The run, and what the thread held before; `None` where it holds a slot of this run already.
    begun: Option<(&'a Run, u64)>,
}

impl Drop for Burst<'_> {
    fn drop(&mut self) {
        if let Some((run, before)) = self.begun {
            run.end_burst();
            HELD.set(before);
        }
    }
}

/// A slot of a run, which is given back when this is dropped.
struct RunSlot(Option<Arc<Run>>);

impl RunSlot {
    /// Takes over what somebody has acquired.
    fn of(run: &Arc<Run>, slot: SemaphoreGuard<'_>) -> Self {
        slot.forget();
        Self(Some(Arc::clone(run)))
    }

    /// Somebody else gives it back.
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for RunSlot {
    fn drop(&mut self) {
        if let Some(run) = &self.0 {
            run.root().permits.add_permits(1);
        }
    }
}

/// The held slot of a thread, while a task uses it.
struct InUse(u64);

impl Drop for InUse {
    fn drop(&mut self) {
        HELD.set(self.0);
    }
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
            let (begin, panicked) = (host.now(), Mutex::default());
            Watch { observers, begin, partitions, panicked }
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
            stops: event_listener::Event::new(),
        };
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
            Arc::new(Within { scope, node, partition })
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
        let is_watched = match &origin {
            Origin::Outermost(root) => tally.is_some() || root.watch.is_some(),
            Origin::Nested(around) | Origin::Same(around) => around.is_watched,
        };
        Self { origin, number, is_watched, scope, span, tally, stopped, trails }
    }

    /// The run that this is.
    fn itself(&self) -> &Self {
        match &self.origin {
            Origin::Same(run) => run.itself(),
            _ => self,
        }
    }

    fn root(&self) -> &Root {
        let mut run = self;
        loop {
            match &run.origin {
                Origin::Outermost(root) => return root,
                Origin::Nested(around) | Origin::Same(around) => run = around,
            }
        }
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

    /// Takes a slot, if there is one, for the computing tasks that this thread does one after another
    /// before the burst is dropped: a run of short tasks would spend its time with slots.
    #[must_use]
    pub fn burst(&self) -> Burst<'_> {
        if HELD.get() == self.number {
            return Burst { begun: None };
        }
        let begun = self.root().permits.try_acquire().map(|slot| {
            slot.forget();
            (self, HELD.replace(self.number))
        });
        Burst { begun }
    }

    /// Gives the slot of a burst back, as before anything that is more than a short task.
    pub fn end_burst(&self) {
        if HELD.get() == self.number {
            HELD.set(0);
            self.root().permits.add_permits(1);
        }
    }

    /// Gives the slot of a burst back, where somebody waits for one.
    pub fn lend_burst(&self) {
        if self.root().waiting.load(Ordering::Relaxed) > 0 {
            self.end_burst();
        }
    }

    /// Tells the observers what has happened to the run, the outermost one.
    pub fn tell(&self, kind: EventKind) {
        self.span.tell(CallOf::default(), &kind);
        self.emit(None, CallOf::default(), kind);
    }

    fn emit(&self, node: Option<usize>, call: CallOf<'_>, kind: EventKind) {
        let root = self.root();
        let Some(watch) = &root.watch else { return };
        let CallOf { partition, label, attempt } = call;
        let event = Event {
            run: self.number,
            at: root.host.now().saturating_duration_since(watch.begin),
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

    fn trails(&self) -> MutexGuard<'_, Vec<Trail>> {
        lock(&self.itself().trails)
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
    /// The index of the node in its dag, which a run calls once.
    node: usize,
    /// None before the node starts.
    pub(crate) span: Span,
}

/// The slot of a running task; dropping it frees the slot.
pub struct Permit {
    task: Option<SemaphoreGuard<'static>>,
    run: RunSlot,
}

/// The slot of a call.
pub(crate) enum CallSlot {
    /// That of the burst of this thread, as long as the call does not suspend.
    Held,
    /// Its own, until this is dropped.
    Own(#[expect(dead_code, reason = "what counts is when it is dropped")] Permit),
}

impl CallSlot {
    /// Polls the call.
    pub(crate) fn poll<T>(&mut self, context: &Context, poll: impl FnOnce() -> Poll<T>) -> Poll<T> {
        if matches!(self, Self::Own(_)) {
            return poll();
        }
        let in_use = InUse(HELD.replace(0));
        let polled = poll();
        if polled.is_pending() {
            // From now on it is the call's own.
            std::mem::forget(in_use);
            let run = RunSlot(Some(Arc::clone(&context.run)));
            *self = Self::Own(Permit { task: None, run });
        }
        polled
    }
}

/// Counts as somebody who waits for a slot.
struct Waits(Arc<Run>);

impl Waits {
    fn new(run: Arc<Run>) -> Self {
        run.root().waiting.fetch_add(1, Ordering::Relaxed);
        Self(run)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.root().waiting.fetch_sub(1, Ordering::Relaxed);
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
        let Permit { task, run } = permit;
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
            if self.context.run.root().waiting.load(Ordering::Relaxed) > 0 {
                self.give_back();
            }
        }
    }

    /// Gives back what is to spare.
    pub(crate) fn give_back(&mut self) {
        let spare = std::mem::take(&mut self.spare);
        if spare > 0 {
            self.context.run.root().permits.add_permits(spare);
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
        Self { run, node, span: Span::default() }
    }

    /// Makes it the context of another node, which starts in the same run.
    pub fn move_to(&mut self, node: usize) {
        self.node = node;
    }

    /// The same for one of several workers that run dags within it.
    pub(crate) fn of_worker(&self) -> Self {
        let Run { scope, span, tally, .. } = &*self.run;
        let origin = Origin::Same(Arc::clone(&self.run));
        let run = Run::of(origin, self.run.number, scope.clone(), span.clone(), tally.clone());
        Self { run: Arc::new(run), node: self.node, span: self.span.clone() }
    }

    /// Whether somebody is told of single partitions.
    pub(crate) fn tells_partitions(&self) -> bool {
        self.run.root().watch.as_ref().is_some_and(|watch| watch.partitions)
    }

    /// Whether a map works on all partitions, whichever fail.
    pub(crate) fn wants_all_failures(&self) -> bool {
        self.run.root().all_failures
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

    /// Tells of the node as a whole. The calls of a map and of a task count themselves; a dag that is
    /// called once is counted here.
    pub fn tell_of_node(&self, kind: EventKind) {
        let node = &self.run.dag().nodes()[self.node];
        if node.is_mapped() || node.kind == NodeKind::Task {
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

    pub(crate) fn max_concurrency(&self) -> usize {
        self.run.root().max_concurrency
    }

    pub(crate) fn try_permit(&self, limit: Limit) -> Option<Permit> {
        let task = match limit {
            Some(limit) => Some(limit.try_acquire()?),
            None => None,
        };
        let slot = self.run.root().permits.try_acquire()?;
        Some(Permit { task, run: RunSlot::of(&self.run, slot) })
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

    /// Makes a call of a task that computes, if there is a slot for it now, and nobody is told of
    /// calls.
    pub(crate) fn now(&self, limit: Limit, call: impl FnOnce() -> Ended) -> Option<Ended> {
        if self.run.is_watched() {
            return None;
        }
        let call = || {
            let span = self.run.span.of_node(self.run.dag(), self.node);
            span.around_now(call, None)
        };
        if limit.is_none() && HELD.get() == self.run.number {
            let _in_use = InUse(HELD.replace(0));
            return Some(call());
        }
        let _permit = self.try_permit(limit)?;
        Some(call())
    }

    /// Waits for a slot of the task and one of the run, and holds neither while it waits for the
    /// other: who holds a slot is running.
    pub(crate) fn permit(&self, limit: Limit) -> impl Future<Output = Permit> + Send + use<> {
        let waits = Waits::new(Arc::clone(&self.run));
        async move {
            let run = &waits.0;
            let slot = |slot| RunSlot::of(run, slot);
            let permits = &run.root().permits;
            let Some(limit) = limit else {
                return Permit { task: None, run: slot(permits.acquire().await) };
            };
            loop {
                let task = limit.acquire().await;
                if let Some(run) = permits.try_acquire() {
                    return Permit { task: Some(task), run: slot(run) };
                }
                drop(task);
                let run = permits.acquire().await;
                if let Some(task) = limit.try_acquire() {
                    return Permit { task: Some(task), run: slot(run) };
                }
            }
        }
    }

    /// Makes a call of a task that is not mapped, with a slot; that of a burst, if this thread has one
    /// and as long as the call does not suspend.
    pub(crate) async fn with_slot<T, Fut>(
        &self,
        limit: Limit,
        call: impl FnOnce() -> Fut,
    ) -> Result<T, Failure>
    where
        Fut: Future<Output = Result<T, Failure>>,
    {
        let mut slot = self.slot(limit).await?;
        let mut call = pin!(call());
        poll_fn(|task| slot.poll(self, || call.as_mut().poll(task))).await
    }

    /// Waits for the slot of a call, which is polled next, on this thread.
    ///
    /// # Errors
    ///
    /// If the run has ended.
    pub(crate) async fn slot(&self, limit: Limit) -> Result<CallSlot, Failure> {
        if !self.run.is_stopped() {
            if limit.is_none() && HELD.get() == self.run.number {
                return Ok(CallSlot::Held);
            }
            if let Some(permit) = self.try_permit(limit) {
                return Ok(CallSlot::Own(permit));
            }
        }
        // To wait for one takes room, which most calls have no use for.
        Ok(CallSlot::Own(Box::pin(self.enter(limit)).await?))
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
            let pause = self.run.host().sleep(time);
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
        let end = self.run.host().run(dag, parameters, self, partition).await;
        let (value, frames) = rejoin(end)?;
        if !frames.is_empty() {
            self.run.trails().push(Trail { node: self.node, partition, frames });
        }
        Ok(value)
    }

    /// The way to the failed node of the nested dag that was called for `partition`, if any.
    pub(crate) fn take_trail(&self, partition: usize) -> Vec<Frame> {
        let mut trails = self.run.trails();
        let found = trails.iter().position(|t| t.node == self.node && t.partition == partition);
        found.map(|at| trails.swap_remove(at).frames).unwrap_or_default()
    }
}
