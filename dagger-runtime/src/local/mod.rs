//! The local runtime: a graph, run in this process.
//!
//! - An *execution* (`execution.rs`) is one run of one graph, a future. It keeps the values, knows
//!   what each step still waits for, and polls what is ready.
//! - *Async* nodes are polled in place, by the execution's own task. The workers of an async map
//!   are tasks of the tokio runtime that the run was started in.
//! - *Computing* nodes go to the compute pool (`pool.rs`), one thread a core, so that they stall no
//!   timer and no I/O. A graph that only computes goes there as a whole, in one hop; on the pool, a
//!   node runs in place where nothing else of its graph can go on meanwhile.
//! - A *nested* graph is an execution inside the node that calls it.
//!
//! How a run ends:
//!
//! 1. All steps are done: the result's slot holds the value.
//! 2. A step fails: the run is marked as stopped, so that nothing new starts; async tasks are
//!    dropped; computing tasks finish the call they are in; maps and nested graphs end in the same
//!    way. The failure of the first failed step in the order of the body is returned, after all of
//!    the run's work has ended.
//! 3. The future is dropped: as 2, but nobody waits.

mod clock;
mod crew;
mod execution;
mod helpers;
mod node;
mod nodes;
mod pool;
mod queue;
mod tracker;

use std::any::Any;
use std::error::Error as _;
use std::fmt::Write as _;
use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dagger_core::Dag;
use dagger_core::error::{Error, Failure};
use dagger_core::event::EventKind;
use dagger_core::exec::context::{Context, Host, Settings};
use dagger_core::exec::plan::{BoxFuture, Place};
use dagger_core::exec::run::Run;
use dagger_core::exec::value::Boxed;
use dagger_core::panic_place;
use dagger_core::progress::Tally;
use futures_lite::future::poll_once;
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use tokio::runtime::{Handle, RuntimeFlavor};

use clock::Clock;
pub(crate) use clock::background;
use execution::Execution;
use pool::Job;
pub(crate) use pool::Pool;
use tracker::{Outcome, Tracker};

use crate::durable::Scope;

/// The executors below a run: the compute pool, and the tokio runtime it was started in.
struct Executors {
    pool: Pool,
    /// Of the tokio runtime.
    clock: Clock,
    tracker: Tracker,
    /// What comes in place of the dags that are called.
    stand_in: Option<StandIn>,
}

/// Takes the parameters of a dag that is called, and gives its end.
pub(crate) type StandIn = Arc<dyn Fn(Vec<Boxed>) -> Result<Boxed, Failure> + Send + Sync>;

impl Executors {
    /// Those below a run of this runtime.
    fn of(run: &Run) -> &Self {
        match run.host().as_any().downcast_ref() {
            Some(executors) => executors,
            None => unreachable!("a run of this runtime has its executors"),
        }
    }

    /// Polls `future` on the compute pool.
    fn compute<F>(&self, future: F) -> Job<Outcome<F::Output>>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.pool.spawn(self.tracker.track(future))
    }
}

impl Host for Executors {
    fn parallelism(&self, place: Place) -> usize {
        match (place, self.clock.tokio()) {
            (Place::Compute, _) => self.pool.threads(),
            (Place::Async, Some(tokio)) => match tokio.runtime_flavor() {
                RuntimeFlavor::CurrentThread => 1,
                _ => tokio.metrics().num_workers(),
            },
            (Place::Async, None) => 1,
        }
    }

    fn spawn(&self, place: Place, future: BoxFuture<()>) -> BoxFuture<()> {
        let future = match place {
            Place::Async => self.pool.surround(future),
            Place::Compute => future,
        };
        let future = self.tracker.track(future);
        match (place, self.clock.tokio()) {
            (Place::Compute, _) => Box::pin(self.pool.spawn(future).map(drop)),
            (Place::Async, Some(tokio)) => {
                let task = AbortOnDrop(tokio.spawn(future.map(drop)));
                Box::pin(task.finished())
            }
            (Place::Async, None) => Box::pin(future.map(drop)),
        }
    }

    fn run(
        &self,
        dag: Dag,
        parameters: Vec<Boxed>,
        within: &Context,
        partition: usize,
    ) -> BoxFuture<Result<Boxed, Failure>> {
        if let Some(stand_in) = &self.stand_in {
            return Box::pin(ready(stand_in(parameters)));
        }
        let run = Arc::new(Run::nested(dag, within, partition));
        if let Some(scope) = Scope::of(&within.run)
            && let Some(nested) = scope.nested(within.node(), partition)
        {
            run.attach(nested);
        }
        run.nested_in_span(Box::pin(Execution::new(Arc::clone(&run), parameters)))
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<()> {
        self.clock.sleep(time)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A task of tokio's that ends with its handle.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl AbortOnDrop {
    async fn finished(mut self) {
        // Neither a panic nor an abort brings results; whoever waits for them notices.
        let _ = (&mut self.0).await;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Stops a run whose future is dropped, and tells of its end.
struct StopOnDrop {
    run: Arc<Run>,
    /// How the run ended otherwise.
    end: Option<EventKind>,
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.run.stop();
        match self.end.take() {
            Some(end) => self.run.tell(end),
            None => {
                // Nobody waits for what computes, but it tells of its own end before.
                let run = Arc::clone(&self.run);
                Executors::of(&self.run).tracker.when_idle(move || run.tell(EventKind::Cancelled));
            }
        }
    }
}

/// A run that has not started.
pub(crate) struct Root {
    parameters: Vec<Boxed>,
    run: Arc<Run>,
}

impl Root {
    pub(crate) fn new(
        dag: Dag,
        parameters: Vec<Boxed>,
        pool: Pool,
        settings: Settings,
        tally: Option<Arc<Tally>>,
        stand_in: Option<StandIn>,
    ) -> Self {
        panic_place::watch();
        let (clock, tracker) = (Clock::new(Handle::try_current().ok()), Tracker::default());
        let host = Arc::new(Executors { pool, clock, tracker, stand_in });
        let run = Arc::new(Run::new(dag, host, settings, tally));
        Self { parameters, run }
    }

    /// Keeps its work, and takes from what was kept.
    pub(crate) fn keep(&self, scope: Arc<Scope>) {
        self.run.attach(scope);
    }

    /// Runs it; `cancelled` ends the run early. When the future is ready, nothing of the run is
    /// running any more.
    pub(crate) async fn finish(self, cancelled: impl Future<Output = ()>) -> Result<Boxed, Error> {
        let Self { parameters, run } = self;
        let mut cancelled = pin!(cancelled);
        // The compute pool would begin at once, whoever asks next.
        if poll_once(cancelled.as_mut()).await.is_some() {
            return Err(Error::new(run.dag().name(), Failure::cancelled()));
        }
        run.tell(EventKind::Started);
        let scope = Scope::of(&run);
        if let Some(scope) = &scope {
            scope.tell(&run);
        }
        let mut stop = StopOnDrop { run, end: None };
        let run = &stop.run;
        let computes_only = run.dag().plan().computes_only;
        let execution = Execution::new(Arc::clone(run), parameters);
        let execution = run.in_span(execution);
        let mut execution: BoxFuture<_> = if computes_only && !Pool::is_current() {
            Box::pin(Executors::of(run).compute(execution).map(|outcome| outcome.value))
        } else {
            Box::pin(execution)
        };
        let result = match select(cancelled, &mut execution).await {
            Either::Left(((), _)) => Err(Failure::cancelled()),
            Either::Right((result, _)) => result,
        };
        run.stop();
        drop(execution);
        if result.is_err() {
            Executors::of(run).tracker.idle().await;
        }
        let result = run.seen(result);
        let result = result.map_err(|failure| Error::new(run.dag().name(), failure));
        let result = match scope {
            Some(scope) => {
                let finished = scope.finish(run.dag().name()).await;
                result.and_then(|value| finished.map(|()| value))
            }
            None => result,
        };
        stop.end = Some(match &result {
            Ok(_) => EventKind::Finished,
            Err(error) if error.is_cancelled() => EventKind::Cancelled,
            Err(error) => EventKind::Failed { error: Some(with_sources(error)) },
        });
        result
    }
}

/// An error with all that caused it, in one line.
fn with_sources(error: &Error) -> String {
    let (mut text, mut source) = (error.to_string(), error.source());
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text
}
