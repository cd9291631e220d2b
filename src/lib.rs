#![doc = include_str!("../README.md")]

// The attributes name the library `::dagger`, here as anywhere.
extern crate self as dagger;

pub use dagger_core::{
    BoxError, BuildError, Dag, Error, Input, Inputs, Node, NodeKind, Output, Outputs, Parameter,
    Reference, Source, TaskOptions, Violation, build::hand,
};
pub use dagger_macros::{dag, task};
pub use dagger_runtime::{Call, RunHandle, Running, Runtime, RuntimeBuilder};

/// A task that returns its parameter.
///
/// It turns a parameter of a dag into the output of a node, so that it can be mapped over, and the
/// results of a map into an output, so that the dag can return them.
///
/// # Examples
///
/// ```
/// use dagger::{dag, identity, task};
///
/// #[task]
/// fn double(n: u64) -> u64 {
///     2 * n
/// }
///
/// #[dag]
/// fn double_all(numbers: Vec<u64>) -> Vec<u64> {
///     let mut doubled = Vec::new();
///     for n in identity(numbers) {
///         doubled.push(double(n));
///     }
///     identity(doubled)
/// }
///
/// # fn main() -> Result<(), dagger::Error> {
/// assert_eq!(double_all::call(vec![1, 2, 3]).run_blocking()?, [2, 4, 6]);
/// # Ok(())
/// # }
/// ```
#[task]
pub fn identity<T>(value: T) -> T {
    value
}

/// What generated code uses. Not covered by any promise: it changes with the macros' own version.
#[doc(hidden)]
pub mod __private {
    pub use async_lock::Semaphore;
    pub use dagger_core::build::builder::Builder;
    pub use dagger_core::build::describe::{Argument, Call, From, Output};
    pub use dagger_core::build::inputs::{Copied, Duplicate, Held, NotCopied, only_copied};
    pub use dagger_core::build::parameters::{Given, Missing};
    pub use dagger_core::callee::{
        AsyncDag, AsyncTask, Fallible, IsDag, IsKnown, IsNode, Link, Nested, Pick, PickFunction,
        SyncDag, SyncTask, check_callee, fallback::missing, question, rejoin, rejoin_fallible,
        settle, settle_await,
    };
    pub use dagger_core::error::{Failure, Frame};
    pub use dagger_core::exec::context::{Context, Limit};
    pub use dagger_core::exec::value::Boxed;
    pub use dagger_core::lend::{Borrows, IsLent, Lend, Lent, Share, Unlent, lend, loan};
    pub use dagger_core::owners::{ListNone, ListOwned, ListShared, Owners};
    pub use dagger_core::{BuildError, Dag, TaskOptions, build_once};

    /// Lets an import of any name succeed.
    #[macro_export]
    #[doc(hidden)]
    macro_rules! __dagger_no_node {
        () => {};
    }
    pub use crate::__dagger_no_node as no_node;

    /// The graph of a function with an error, whose program does not compile.
    ///
    /// # Errors
    ///
    /// None: it is never called.
    pub fn no_graph() -> Result<Dag, BuildError> {
        unreachable!("a program with an error in a `#[dag]` does not run")
    }

    /// The graph that `f::dag()` returns.
    #[must_use]
    #[track_caller]
    pub fn built(function: &str, graph: Result<Dag, BuildError>) -> Dag {
        graph.unwrap_or_else(|error| panic!("`{function}` has no graph: {error}"))
    }
}
