//! A call of a dag, before and while it runs.

use std::future::{Future, IntoFuture, pending};
use std::pin::Pin;
use std::task::{Context, Poll};

use dagger_core::error::{BuildError, Cause, Failure};
use dagger_core::exec::value::Boxed;
use dagger_core::{Dag, Error, Inputs, Outputs};

use crate::local::StandIn;
use crate::runtime::Runtime;

/// A call of a dag that has not started: what `f::call(…)` returns.
///
/// Awaiting it runs the dag with the default [`Runtime`] and gives the value that the function
/// returns (its `T`, where it returns `Result<T, E>`).
///
/// # Errors
///
/// Both ways of running it end with an [`Error`] that names the node, and the partition of it,
/// when a task fails or panics.
///
/// # Cancel safety
///
/// Dropping the future cancels the run: nothing new starts and async work is dropped. A computing
/// task cannot be interrupted; its result is dropped when it ends.
#[must_use = "a call does nothing until it is awaited or run"]
pub struct Call<T> {
    pub(crate) start: Result<Start, Error>,
    pub(crate) of: Of,
    /// Makes the value of what the run ended with.
    pub(crate) value: fn(&Dag, Boxed) -> T,
}

/// What is called, for its name in an error.
#[derive(Clone)]
pub(crate) enum Of {
    /// A function with `#[dag]`.
    Function(&'static str),
    Dag(Dag),
}

impl Of {
    /// The dag's name.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Function(function) => dagger_core::name::of_function(function),
            Self::Dag(dag) => dag.name().to_owned(),
        }
    }
}

/// A graph with its parameters.
pub(crate) struct Start {
    pub(crate) dag: Dag,
    pub(crate) parameters: Vec<Boxed>,
    /// What comes in place of the dags that are called.
    pub(crate) stand_in: Option<StandIn>,
}

impl<T: 'static> Call<T> {
    /// For generated code: the graph of `function` and its parameters.
    #[doc(hidden)]
    pub fn new(
        function: &'static str,
        dag: Result<Dag, BuildError>,
        parameters: Vec<Boxed>,
    ) -> Self {
        let of = Of::Function(function);
        let start = match dag {
            Ok(dag) => Ok(Start { dag, parameters, stand_in: None }),
            Err(error) => Err(Error::new(&of.name(), Failure::new(Cause::Build(error)))),
        };
        let value = |_: &Dag, value: Boxed| match value.downcast::<T>() {
            Ok(value) => *value,
            Err(_) => unreachable!("a call is typed by the graph it was made of"),
        };
        Self { start, of, value }
    }
}

impl<T: Send + 'static> Call<T> {
    /// Runs the dag and blocks the thread until it is done, where there is no async context.
    ///
    /// Async tasks run on a tokio runtime that the process keeps for this purpose. Inside of an
    /// async context, `.await` the call instead: this would block the executor's thread.
    ///
    /// # Errors
    ///
    /// See [`Call`].
    pub fn run_blocking(self) -> Result<T, Error> {
        Runtime::default().run_blocking(self)
    }
}

impl Call<Outputs> {
    /// A call of any dag, with inputs and outputs by name.
    ///
    /// What is wrong with the inputs is the error of the run, and then nothing runs: see
    /// [`Runtime::run_dag`]. Defaults of parameters that have no input are made here.
    ///
    /// # Panics
    ///
    /// If the default of a parameter panics.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, Inputs, build::hand::Task};
    /// use dagger_runtime::Call;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut dag = Dag::builder("square");
    /// let n = dag.parameter::<u64>("n");
    /// let square = dag.node(Task::new("square", ["n"], |n: u64| n * n), (n,));
    /// dag.output("return_value", square);
    /// let dag = dag.build()?;
    ///
    /// let mut outputs = Call::by_name(&dag, Inputs::new().with("n", 3_u64)).run_blocking()?;
    /// assert_eq!(outputs.take::<u64>("return_value")?, 9);
    /// # Ok(())
    /// # }
    /// ```
    pub fn by_name(dag: &Dag, inputs: Inputs) -> Self {
        let start = inputs.for_dag(dag);
        let start = start.map(|parameters| Start { dag: dag.clone(), parameters, stand_in: None });
        Self { start, of: Of::Dag(dag.clone()), value: Outputs::of_run }
    }
}

#[cfg(feature = "cli")]
impl Call<Outputs> {
    /// A call of a dag with all of its parameters.
    pub(crate) fn of_values(dag: &Dag, parameters: Vec<Boxed>) -> Self {
        let start = Start { dag: dag.clone(), parameters, stand_in: None };
        Self { start: Ok(start), of: Of::Dag(dag.clone()), value: Outputs::of_run }
    }
}

#[cfg(feature = "cli")]
impl Call<Boxed> {
    /// A call of a part of a dag.
    pub(crate) fn of_part(dag: Dag, parameters: Vec<Boxed>, stand_in: Option<StandIn>) -> Self {
        let of = Of::Dag(dag.clone());
        Self { start: Ok(Start { dag, parameters, stand_in }), of, value: |_, value| value }
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Running<T>;

    fn into_future(self) -> Running<T> {
        Runtime::default().into_running(self)
    }
}

/// A call of a dag that is running: a future. Dropping it cancels the run.
#[must_use = "a future does nothing until it is awaited"]
pub struct Running<T>(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>);

impl<T: 'static> Running<T> {
    pub(crate) fn new(future: impl Future<Output = Result<T, Error>> + Send + 'static) -> Self {
        Self(Box::pin(future))
    }
}

impl<T> Future for Running<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(task)
    }
}

/// Nothing cancels a run but the end of its future.
pub(crate) fn never() -> impl Future<Output = ()> + Send + 'static {
    pending()
}
