//! What it takes to run a graph: steps over slots.

use std::future::Future;
use std::ops::Range;
use std::pin::Pin;

use super::context::Context;
use super::value::{Boxed, Sharing, Value};
use crate::error::Failure;

/// A boxed future that may move between threads.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Where work belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Computation, on the compute pool: it would stall timers and I/O elsewhere.
    Compute,
    /// Asynchronous work, on the executor of the caller.
    Async,
}

/// The steps of a dag, in the order of its body: a step depends on earlier ones only.
#[derive(Default)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    pub(crate) inputs: Vec<(usize, Mode)>,
    pub(crate) successors: Vec<usize>,
    /// The slots.
    pub slots: Vec<Slot>,
    /// The slots of the dag's parameters, in their order.
    pub parameters: Vec<usize>,
    /// The slot that holds the dag's result in the end.
    pub result: usize,
    /// Whether no step needs an async executor, so that a whole run fits on the compute pool.
    pub computes_only: bool,
}

/// A slot: a value of a run, from the step that makes it to the last one that reads it.
#[derive(Default)]
pub struct Slot {
    /// How many steps read it; its value is dropped when the last of them is done.
    pub readers: usize,
    /// Set where a step borrows it.
    pub sharing: Option<Sharing>,
}

/// How a step reads a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The value moves to the step, which is its last reader.
    Take,
    /// The step shares the value until it is done.
    Borrow,
}

/// A step: a node's work, or the glue that takes a value apart.
///
/// What belongs to a step is a range of one list of the plan, as a graph may have very many steps.
pub struct Step {
    /// What it does.
    pub body: Body,
    /// The slots it reads: see [`Plan::inputs`].
    pub inputs: Range<usize>,
    /// The slots it fills.
    pub outputs: Range<usize>,
    /// How many steps it waits for.
    pub waits_for: usize,
    /// The steps that wait for it: see [`Plan::successors`].
    pub successors: Range<usize>,
}

impl Plan {
    /// The slots that a step reads, in the order its body expects.
    #[must_use]
    pub fn inputs(&self, step: &Step) -> &[(usize, Mode)] {
        &self.inputs[step.inputs.clone()]
    }

    /// The steps that wait for a step, in order.
    #[must_use]
    pub fn successors(&self, step: &Step) -> &[usize] {
        &self.successors[step.successors.clone()]
    }
}

/// Starts a node.
pub type Start =
    Box<dyn Fn(Context, Vec<Value>) -> BoxFuture<Result<Boxed, Failure>> + Send + Sync>;

/// Takes a value apart, one box an output.
pub type Split = Box<dyn Fn(Vec<Value>) -> Vec<Boxed> + Send + Sync>;

/// What a step does.
pub enum Body {
    /// The work of the node with this index in [`Dag::nodes`](crate::Dag::nodes).
    Node {
        /// The index of the node.
        node: usize,
        /// Where its future is to be polled.
        place: Place,
        /// Whether its future ends by itself soon after the run was stopped, and has to, since it
        /// is made of other work: a map, or a nested dag. Any other future may just be dropped.
        ends_itself: bool,
        /// Makes the future; the values are dropped before it is done.
        start: Start,
    },
    /// Moves parts of a value to slots of their own: cheap, never suspends, runs no user code
    /// beyond a move.
    Glue(Split),
}
