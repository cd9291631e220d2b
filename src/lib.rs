#![doc = include_str!("../README.md")]

// The attributes name the library `::dagger`, here as anywhere.
extern crate self as dagger;

mod tolerance;

pub use dagger_core::error::Frame;
pub use dagger_core::{
    ArgoOptions, BoxError, BuildError, CallId, Dag, Detail, Error, Event, EventKind, Input, Inputs,
    Json, MessagePack, Node, NodeKind, NodeProgress, Observer, Output, Outputs, Parameter,
    Postcard, Progress, Reference, Retry, Serializer, Source, Tally, TaskOptions, Violation,
};
pub use dagger_macros::{dag, task};
pub use dagger_runtime::{
    Call, EventSender, Events, RunHandle, Running, Runtime, RuntimeBuilder, events,
};
pub use tolerance::{Tolerance, TooManyFailures, tolerate};

#[cfg(feature = "trace")]
pub use dagger_runtime::ChromeTrace;
#[cfg(feature = "progress")]
pub use dagger_runtime::ProgressBar;
#[cfg(feature = "report")]
pub use dagger_runtime::RunReport;
#[cfg(feature = "argo")]
pub use dagger_runtime::argo;
#[cfg(feature = "cli")]
pub use dagger_runtime::cli;
#[cfg(feature = "checkpoint")]
pub use dagger_runtime::{Cache, Explained, Report, explain};

/// The graph by hand: what the builder of [`Dag::builder`] takes and returns.
///
/// | in a body | by hand |
/// | --- | --- |
/// | `fn f(a: u64, #[default(2)] b: u32, c: &str)` | `dag.parameter("a")`, `dag.parameter_or("b", constant(2))`, `dag.parameter_ref("c")` |
/// | `let x = task(a, &b);` | `let x = dag.node(node!(task), (a, b.by_ref()));` |
/// | `let x = task(a)?;` | `let x = dag.try_node(node!(task), (a,));` |
/// | `for n in xs { ys.push(task(n, b)) }` | `let ys = dag.map(node!(task), (xs.each(), b.copied()));` |
/// | `task(2, n + 1, &data.test)` | `(constant(2), expression("n + 1", …), data.field("test", …).by_ref())` |
/// | `let (a, b) = pair;`, `data.training` that moves | `dag.split(pair, ["0", "1"], …)` |
/// | `task(vec![a, b])` | `gather([a, b])` |
/// | `other_dag(a)` | `node!(other_dag)`; a [`Dag`] that is only known as a value: `other.returning::<T>()` |
/// | what it returns | `dag.output("return_value", x)` |
///
/// # Examples
///
/// ```
/// use dagger::hand::{Task, constant, node};
/// use dagger::{Dag, Inputs, Runtime, dag, task};
///
/// #[task]
/// fn generate_numbers(count: u64) -> Vec<u64> {
///     (1..=count).collect()
/// }
///
/// #[task]
/// fn raise_number(n: u64, exponent: u32) -> u64 {
///     n.pow(exponent)
/// }
///
/// #[task]
/// fn sum_numbers(numbers: Vec<u64>) -> u64 {
///     numbers.iter().sum()
/// }
///
/// #[dag]
/// fn sum_of_powers(count: u64, #[default(2)] exponent: u32) -> u64 {
///     let mut raised = Vec::new();
///     for n in generate_numbers(count) {
///         raised.push(raise_number(n, exponent));
///     }
///     sum_numbers(raised)
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut dag = Dag::builder("sum-of-powers");
/// let count = dag.parameter::<u64>("count");
/// let exponent = dag.parameter_or("exponent", constant(2_u32));
/// let numbers = dag.node(node!(generate_numbers), (count,));
/// let raised = dag.map(node!(raise_number), (numbers.each(), exponent.copied()));
/// let total = dag.node(node!(sum_numbers), (raised,));
/// dag.output("return_value", total);
/// let dag: Dag = dag.build()?;
///
/// assert_eq!(dag, sum_of_powers::dag());
/// # Ok(())
/// # }
/// ```
pub mod hand {
    pub use crate::node;
    pub use dagger_core::build::hand::*;
}

/// A `#[task]` or a `#[dag]`, by its path, as what a node of a graph [by hand](hand) runs.
///
/// The name of its nodes, its kind, its options and the names of its parameters are those of the
/// attribute; the inputs are what the function takes. A generic task is named without its type
/// arguments: they follow from the inputs.
///
/// # Examples
///
/// ```
/// use dagger::hand::{constant, node};
/// use dagger::{Dag, identity, task};
///
/// mod steps {
///     #[dagger::task]
///     pub fn scale(n: u64, by: u64) -> u64 {
///         n * by
///     }
/// }
///
/// let mut dag = Dag::builder("scales");
/// let n = dag.node(node!(identity), (constant(3_u64),));
/// let n = dag.node(node!(steps::scale), (n, constant(10_u64)));
/// let n = dag.node(node!(steps::scale).named("scale-again"), (n, constant(10_u64)));
/// dag.output("return_value", n);
/// let dag = dag.build().unwrap();
/// let names: Vec<_> = dag.nodes().iter().map(|node| node.name.as_str()).collect();
/// assert_eq!(names, ["identity", "scale", "scale-again"]);
/// ```
#[macro_export]
macro_rules! node {
    ($function:path) => {
        $crate::hand::FunctionNode::<$function, _>::new($function)
    };
}

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
    pub use dagger_core::build::code::{
        Inputs, IsNoTail, IsTail, StopsEarly, Tail, TakesAll, Work, apply, as_it_is, collects, end,
        end_fallible, gather, into_nothing, into_vec, no_entry, partitions, parts, places, slot,
    };
    pub use dagger_core::build::copies::{Copied, Duplicate, Held, NotCopied, only_copied};
    pub use dagger_core::build::describe::{Argument, Call, From, Output};
    pub use dagger_core::build::edges::{FAN_OUT, GATHER, PARTITION, RESULT, VALUE};
    pub use dagger_core::build::parameters::{Given, Missing};
    pub use dagger_core::build::table::{
        Callee, Declared, SHARING, Step, Table, borrow, graph, graph_fallible, take,
    };
    pub use dagger_core::callee::{
        AsLabel, AsyncDag, AsyncTask, Fallible, HasGraph, HasLabel, IsDag, IsKnown, IsNoResult,
        IsNode, Judged, Labelled, Link, Pick, PickFunction, Repeated, Returned, SyncDag, SyncTask,
        Unlent, called, fallback::missing, question, rejoin, rejoin_fallible, settle_await,
    };
    pub use dagger_core::error::{Failure, Trail};
    pub use dagger_core::exec::attempt::name_call;
    pub use dagger_core::exec::coding::{
        HasCodec, HasCodecOfOwner, HasNoCodec, HasNoSchema, HasSchema, HasSchemaOfOwner, Probe,
        Schema,
    };
    pub use dagger_core::exec::context::Context;
    pub use dagger_core::exec::map::of;
    pub use dagger_core::exec::plan::BoxFuture;
    pub use dagger_core::exec::signature::{Outside, Type};
    pub use dagger_core::exec::slots::Limit;
    pub use dagger_core::exec::value::Boxed;
    pub use dagger_core::lend::{
        Lends, Lent, Moves, NotLent, Owned, Partition, Share, Whole, part,
    };
    pub use dagger_core::owners::{ListNone, ListOwned, ListShared, Owners};
    pub use dagger_core::{ArgoOptions, BuildError, Dag, Json, Retry, TaskOptions, build_once};

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
