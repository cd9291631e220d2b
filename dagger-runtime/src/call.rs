//! A call of a dag, before and while it runs.

use std::future::{Future, IntoFuture, pending};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use dagger_core::error::{BuildError, Cause, Failure};
use dagger_core::exec::value::Boxed;
use dagger_core::{Dag, Error};

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
    pub(crate) dag: Result<Dag, BuildError>,
    pub(crate) function: &'static str,
    pub(crate) parameters: Vec<Boxed>,
    output: PhantomData<fn() -> T>,
}

impl<T> Call<T> {
    /// For generated code: the graph of `function` and its parameters.
    #[doc(hidden)]
    pub fn new(
        function: &'static str,
        dag: Result<Dag, BuildError>,
        parameters: Vec<Boxed>,
    ) -> Self {
        Self { dag, function, parameters, output: PhantomData }
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

    /// The error of a graph that could not be built.
    pub(crate) fn unbuilt(function: &str, error: BuildError) -> Error {
        Error::new(&dagger_core::name::of_function(function), Failure::new(Cause::Build(error)))
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Running<T>;

    fn into_future(self) -> Running<T> {
        Runtime::default().run(self)
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
