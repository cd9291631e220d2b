//! What the code of a node may ask of the runtime that runs it.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_lock::{Semaphore, SemaphoreGuard, SemaphoreGuardArc};
use event_listener::Event;

use super::plan::{BoxFuture, Place};
use super::value::Boxed;
use crate::error::{Failure, Frame};
use crate::graph::Dag;

/// The executor below a run.
pub trait Host: Send + Sync + 'static {
    /// How many workers are worth starting for work of this kind, at least 1.
    fn parallelism(&self, place: Place) -> usize;

    /// Runs `future` there, at once. The future that comes back is ready when it is done;
    /// dropping it cancels.
    fn spawn(&self, place: Place, future: BoxFuture<()>) -> BoxFuture<()>;

    /// Runs a dag with these parameters nested in `within`, polled in place.
    fn run(
        &self,
        dag: Dag,
        parameters: Vec<Boxed>,
        within: &Arc<Run>,
    ) -> BoxFuture<Result<Boxed, Failure>>;
}

/// One run of a dag: the outermost, or a nested one within it.
pub struct Run {
    /// The executor.
    pub host: Arc<dyn Host>,
    /// The run of the dag that called this one.
    parent: Option<Arc<Run>>,
    /// The slots of running tasks, those of nested runs included.
    permits: Arc<Semaphore>,
    max_concurrency: usize,
    stopped: AtomicBool,
    /// Tells whoever waits that a run was stopped: this one, or one around it.
    stops: Arc<Event>,
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
    /// A run that has not started, with at most `max_concurrency` tasks in flight.
    #[must_use]
    pub fn new(host: Arc<dyn Host>, max_concurrency: usize) -> Self {
        Self {
            host,
            parent: None,
            permits: Arc::new(Semaphore::new(max_concurrency)),
            max_concurrency,
            stopped: AtomicBool::new(false),
            stops: Arc::default(),
            calls: AtomicU64::new(0),
            trails: Mutex::default(),
        }
    }

    /// A run within this one. It ends with this one; this one may outlive it, since the error of a
    /// nested dag can flow on as a value.
    #[must_use]
    pub fn nested(self: &Arc<Self>) -> Self {
        Self {
            host: Arc::clone(&self.host),
            parent: Some(Arc::clone(self)),
            permits: Arc::clone(&self.permits),
            max_concurrency: self.max_concurrency,
            stopped: AtomicBool::new(false),
            stops: Arc::clone(&self.stops),
            calls: AtomicU64::new(0),
            trails: Mutex::default(),
        }
    }

    /// Tells all work of the run to end as soon as it can.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.stops.notify(usize::MAX);
    }

    /// Whether the run is over, successfully or not, and nothing new may start.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
            || self.parent.as_ref().is_some_and(|parent| parent.is_stopped())
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

/// A node's view of its run.
#[derive(Clone)]
pub struct Context {
    /// The run.
    pub run: Arc<Run>,
    /// Tells the calls of a run apart, those of one node in several nested runs included.
    call: u64,
}

/// The slot of a running task; dropping it frees the slot.
pub struct Permit {
    _task: Option<SemaphoreGuard<'static>>,
    _run: SemaphoreGuardArc,
}

/// How many calls of a task may run at the same time in the process.
pub type Limit = Option<&'static Semaphore>;

impl Context {
    /// The context of a node that starts in `run`.
    #[must_use]
    pub fn new(run: Arc<Run>) -> Self {
        let call = run.calls.fetch_add(1, Ordering::Relaxed);
        Self { run, call }
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
    pub(crate) fn permit(&self, limit: Limit) -> impl Future<Output = Permit> + Send + 'static {
        let permits = Arc::clone(&self.run.permits);
        async move {
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
        let end = self.run.host.run(dag, parameters, &self.run).await;
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
