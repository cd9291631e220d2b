//! A configured runtime, and runs in flight.

use std::future::Future;
#[cfg(feature = "checkpoint")]
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use dagger_core::exec::context::Settings;
use dagger_core::exec::span::in_current;
use dagger_core::exec::value::Boxed;
use dagger_core::progress::Tally;
use dagger_core::{Dag, Error, Inputs, Observer, Outputs, Progress};
use futures_lite::future::block_on;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::call::{Call, Of, Running, Start, never};
use crate::durable::Durable;
#[cfg(feature = "checkpoint")]
use crate::durable::{Cache, DiskEvent};
use crate::local::{Pool, Root, background};

/// How many tasks of a run are in flight where nothing else is asked for.
const MAX_CONCURRENCY: usize = 1024;

/// Runs dags in this process.
///
/// A clone shares the configuration and the compute threads. `Runtime::default()` is what
/// `f::call(…).await` uses; runtimes that do not ask for compute threads of their own share one
/// pool, with one thread a core.
///
/// # Examples
///
/// ```no_run
/// # use dagger_runtime::{Call, Runtime};
/// # async fn example(call: Call<u64>) -> Result<(), dagger_core::Error> {
/// let runtime = Runtime::builder().max_concurrency(64).build();
/// let sum = runtime.run(call).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Runtime {
    settings: Settings,
    durable: Durable,
    /// Compute threads of its own; `None` for the shared pool.
    threads: Option<Arc<Threads>>,
}

/// Compute threads that are started when they are first needed.
struct Threads {
    number: usize,
    pool: OnceLock<Result<Pool, String>>,
}

impl Default for Runtime {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl Runtime {
    /// Configures a runtime.
    pub fn builder() -> RuntimeBuilder {
        let max_concurrency = MAX_CONCURRENCY;
        RuntimeBuilder {
            durable: Durable::default(),
            settings: Settings { max_concurrency, ..Settings::default() },
            threads: None,
        }
    }

    /// Runs a call; the future does nothing until it is polled.
    ///
    /// # Errors
    ///
    /// See [`Call`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the run.
    pub fn run<T: Send + 'static>(&self, call: Call<T>) -> Running<T> {
        self.clone().into_running(call)
    }

    pub(crate) fn into_running<T: Send + 'static>(self, call: Call<T>) -> Running<T> {
        Running::new(async move {
            let begun = self.begin(self.pool(&call.of), call, None);
            End::of(begun, never()).await
        })
    }

    /// Runs any dag, with inputs and outputs by name; the future does nothing until it is polled.
    ///
    /// To block on it, or to run it in the background, see [`Call::by_name`].
    ///
    /// # Errors
    ///
    /// Before anything runs: all inputs that no parameter has, all parameters that have neither an
    /// input nor a default, and all values of a wrong type, in one error that lists the parameters.
    /// Then see [`Call`].
    ///
    /// # Panics
    ///
    /// If the default of a parameter panics.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the run.
    ///
    /// # Examples
    ///
    /// ```
    /// # use dagger_core::{Dag, Inputs, build::hand::{Task, constant}};
    /// # use dagger_runtime::Runtime;
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut dag = Dag::builder("power");
    /// let n = dag.parameter::<u64>("n");
    /// let exponent = dag.parameter_or("exponent", constant(2_u32));
    /// let power = dag.node(Task::new("raise", ["n", "exponent"], u64::pow), (n, exponent));
    /// dag.output("return_value", power);
    /// let dag = dag.build()?;
    ///
    /// let runtime = Runtime::default();
    /// let mut outputs = runtime.run_dag(&dag, Inputs::new().with("n", 3_u64)).await?;
    /// assert_eq!(outputs.take::<u64>("return_value")?, 9);
    ///
    /// let error = runtime.run_dag(&dag, Inputs::new().with("m", 3_u64)).await.unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "dag `power` cannot run: there is no parameter `m`; `n` is missing; its parameters are \
    ///      `n: u64`, `exponent: u32 = 2`"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn run_dag(&self, dag: &Dag, inputs: Inputs) -> Running<Outputs> {
        self.run(Call::by_name(dag, inputs))
    }

    /// Runs a call and blocks the thread until it is done.
    ///
    /// # Errors
    ///
    /// See [`Call`]; also if the process cannot start the threads it needs.
    pub fn run_blocking<T: Send + 'static>(&self, call: Call<T>) -> Result<T, Error> {
        let background = match background() {
            Ok(background) => background,
            Err(error) => return Err(cannot_start(&call.of, error)),
        };
        if Pool::is_current() {
            // A task runs a dag: on its own thread, or a pool of one thread would stand still.
            let _tokio = background.enter();
            let runtime = self.clone();
            return Pool::run_inside(|pool| async move {
                End::of(runtime.begin(Ok(pool), call, None), never()).await
            });
        }
        if tokio::runtime::Handle::try_current().is_err() {
            return background.block_on(self.run(call));
        }
        // Tokio refuses to block a thread that it polls futures on; the run goes elsewhere.
        let of = call.of.clone();
        let (sender, receiver) = oneshot::channel();
        let run = self.run(call);
        background.spawn(elsewhere(async move {
            // Nobody waits for the result of a thread that is gone.
            let _ = sender.send(run.await);
        }));
        let lost = |_| Err(cannot_start(&of, "its background thread ended"));
        block_on(receiver).unwrap_or_else(lost)
    }

    /// Starts a call in the background of the tokio runtime that this is called in.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, as [`tokio::spawn`] does.
    pub fn start<T: Send + 'static>(&self, call: Call<T>) -> RunHandle<T> {
        let (cancel, cancelled) = oneshot::channel::<()>();
        let runtime = self.clone();
        let of = call.of.clone();
        let tally = call.start.as_ref().ok().map(|start| Tally::new(&start.dag));
        let counted = tally.clone();
        let task = tokio::spawn(elsewhere(async move {
            let cancelled = async {
                // Cancelled by a message, or by the end of the handle.
                let _ = cancelled.await;
            };
            End::of(runtime.begin(runtime.pool(&call.of), call, counted), cancelled).await
        }));
        RunHandle { task, cancel: Some(cancel), tally, of }
    }

    /// The pool that a run which begins here works on.
    fn pool(&self, of: &Of) -> Result<Pool, Error> {
        let pool = match &self.threads {
            None => Pool::shared(),
            Some(threads) => {
                let new = || Pool::new(threads.number).map_err(|error| error.to_string());
                threads.pool.get_or_init(new).clone()
            }
        };
        pool.map(Pool::here).map_err(|error| cannot_start(of, error))
    }

    /// A run that begins, and what makes the value of its end.
    fn begin<T: Send + 'static>(
        &self,
        pool: Result<Pool, Error>,
        call: Call<T>,
        tally: Option<Arc<Tally>>,
    ) -> Result<(Root, End<T>), Error> {
        let Start { dag, parameters, stand_in } = call.start?;
        let end = End { dag: dag.clone(), value: call.value };
        let (pool, settings) = (pool?, self.settings.clone());
        let scope = self.durable.open(&dag, &parameters)?;
        let root = Root::new(dag, parameters, pool, settings, tally, stand_in);
        if let Some(scope) = scope {
            root.keep(scope);
        }
        Ok((root, end))
    }
}

/// The future, which is polled elsewhere, in the span and on the pool of the one who calls this.
fn elsewhere<F>(future: F) -> impl Future<Output = F::Output> + use<F>
where
    F: Future<Output: 'static> + Send + 'static,
{
    in_current(Pool::from_here(Box::pin(future)))
}

/// What makes the value of a call of what the run ended with.
struct End<T> {
    dag: Dag,
    value: fn(&Dag, Boxed) -> T,
}

impl<T> End<T> {
    async fn of(
        begun: Result<(Root, Self), Error>,
        cancelled: impl Future<Output = ()>,
    ) -> Result<T, Error> {
        let (root, end) = begun?;
        let value = root.finish(cancelled).await?;
        Ok((end.value)(&end.dag, value))
    }
}

fn cannot_start(of: &Of, reason: impl std::fmt::Display) -> Error {
    Error::runtime(&of.name(), format!("no threads to run on: {reason}"))
}

/// Configures a [`Runtime`].
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct RuntimeBuilder {
    durable: Durable,
    settings: Settings,
    threads: Option<usize>,
}

impl RuntimeBuilder {
    /// At most this many tasks of a run are in flight at a time, nested dags included; at least 1.
    ///
    /// 1024 where nothing else is said: async tasks may be far more than cores. Computing tasks
    /// are bounded by the compute threads as well.
    pub fn max_concurrency(mut self, tasks: usize) -> Self {
        self.settings.max_concurrency = tasks.max(1);
        self
    }

    /// Compute threads of the runtime's own, at least 1, in place of the process's shared ones.
    pub fn compute_threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// Tells an observer what happens in the runs; more than one may look on.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_runtime::Runtime;
    ///
    /// let runtime = Runtime::builder()
    ///     .observer(|event: &dagger_core::Event| eprintln!("{:?} {event}", event.at))
    ///     .build();
    /// ```
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.settings.observers.push(Arc::new(observer));
        self
    }

    /// Works on all partitions of a map one of which has failed, before the run ends: the error has
    /// all failures of the map ([`Error::others`]), and not only the first.
    ///
    /// A map that collects into a `Result` (`collect::<Result<Vec<_>, _>>()?`) works on all partitions
    /// as well, but has one error.
    pub fn all_failures(mut self) -> Self {
        self.settings.all_failures = true;
        self
    }

    /// Keeps what the nodes of a run and the partitions of its maps return in a file, so that a run that
    /// ended early, however it did, goes on where it stood when the same dag runs with the same file.
    ///
    /// Work is done once until what it returned is committed to the file, and is not done again then,
    /// as long as all that it depends on is the same: see [`explain`](crate::explain) for what was not.
    /// The values have to be written and read, as where a node has a process of its own.
    ///
    /// # Errors
    ///
    /// Those of a run, before anything starts: if a value cannot be written, or the file is in use by
    /// another run, is damaged, or is no checkpoint.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dagger_runtime::Runtime;
    ///
    /// let runtime = Runtime::builder().checkpoint("train.checkpoint").build();
    /// ```
    #[cfg(feature = "checkpoint")]
    pub fn checkpoint(mut self, file: impl Into<PathBuf>) -> Self {
        self.durable.checkpoint = Some(file.into());
        self
    }

    /// Takes the results of tasks with `#[task(cache)]` from a cache, and keeps them there: across runs,
    /// dags and processes, by the task, its version and its arguments.
    ///
    /// What such a task reads and returns has to be written and read, as for a checkpoint.
    ///
    /// # Errors
    ///
    /// Those of a run, before anything starts: if a value cannot be written, or there is no such
    /// directory and none can be made.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dagger_runtime::{Cache, Runtime};
    ///
    /// let runtime = Runtime::builder().cache(Cache::new("cache").max_bytes(10 << 30)).build();
    /// ```
    #[cfg(feature = "checkpoint")]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.durable.cache = Some(cache);
        self
    }

    /// For tests: tells what happens to the file, and makes each commit one of its own.
    #[cfg(feature = "checkpoint")]
    #[doc(hidden)]
    pub fn probe(mut self, probe: impl Fn(DiskEvent) + Send + Sync + 'static) -> Self {
        self.durable.probe = Some(Arc::new(probe));
        self
    }

    /// Makes each call once, whatever its task says of further attempts: who runs this process makes those.
    #[cfg(feature = "cli")]
    pub(crate) fn single_attempt(mut self, is_single: bool) -> Self {
        self.settings.single_attempt = is_single;
        self
    }

    /// The runtime. Threads are started when they are first needed.
    #[must_use]
    pub fn build(self) -> Runtime {
        let threads = self.threads.map(|number| Threads { number, pool: OnceLock::new() });
        Runtime { settings: self.settings, durable: self.durable, threads: threads.map(Arc::new) }
    }
}

/// A run in flight: a future of its result.
///
/// # Cancel safety
///
/// Dropping the handle cancels the run and does not wait for it. After [`cancel`](Self::cancel),
/// awaiting the handle waits until no task of the run is running.
#[must_use = "dropping the handle cancels the run"]
pub struct RunHandle<T> {
    task: JoinHandle<Result<T, Error>>,
    cancel: Option<oneshot::Sender<()>>,
    /// What is counted; nothing, where the call cannot run.
    tally: Option<Arc<Tally>>,
    of: Of,
}

impl<T> RunHandle<T> {
    /// Cancels the run; awaiting the handle gives an error for which
    /// [`is_cancelled`](Error::is_cancelled) holds, or the result, where the run was faster.
    pub fn cancel(&mut self) {
        if let Some(cancel) = self.cancel.take() {
            // The run may be over already.
            let _ = cancel.send(());
        }
    }

    /// How far the run is: a look at its counters, whenever you like.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.tally.as_ref().map(|tally| tally.progress()).unwrap_or_default()
    }

    /// Whether the run is over.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.task.is_finished()
    }
}

impl<T> Future for RunHandle<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let joined = Pin::new(&mut self.task).poll(task);
        let lost = |_| Err(cannot_start(&self.of, "the tokio runtime shut down"));
        joined.map(|joined| joined.unwrap_or_else(lost))
    }
}
