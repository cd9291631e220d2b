//! What it takes to run a graph: steps over slots.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::context::Context;
use super::value::{Boxed, Sharing, Value, Values};
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
    /// The step that makes the result, if that is the value which it reads: it may move there, where its
    /// type is that of the result.
    pub handed_on_by: Option<usize>,
    /// How many steps each step waits for.
    pub waits_for: Vec<usize>,
    /// How many steps read each slot; its value is dropped when the last of them is done.
    pub readers: Vec<usize>,
    /// The steps that wait for no other.
    pub first: Vec<usize>,
    /// Whether no step needs an async executor, so that a whole run fits on the compute pool.
    pub computes_only: bool,
}

/// A slot: a value of a run, from the step that makes it to the last one that reads it.
#[derive(Default)]
pub struct Slot {
    /// Set where a step borrows it.
    pub sharing: Option<&'static Sharing>,
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
/// What belongs to a step lies in one list of the plan for all of them, as there may be very many;
/// a step knows where its own begins.
pub struct Step {
    /// What it does.
    pub body: Body,
    /// The first of the slots that it fills: one for each value that it makes.
    pub outputs: usize,
    pub(crate) inputs: usize,
    pub(crate) successors: usize,
}

impl Plan {
    /// The slots that a step reads, in the order its body expects.
    #[must_use]
    pub fn inputs(&self, step: usize) -> &[(usize, Mode)] {
        let end = self.steps.get(step + 1).map_or(self.inputs.len(), |next| next.inputs);
        &self.inputs[self.steps[step].inputs..end]
    }

    /// The steps that wait for a step, in order.
    #[must_use]
    pub fn successors(&self, step: usize) -> &[usize] {
        let end = self.steps.get(step + 1).map_or(self.successors.len(), |next| next.successors);
        &self.successors[self.steps[step].successors..end]
    }
}

/// What a node ended with.
pub type Ended = Result<Boxed, Failure>;

/// The work of a node, for any number of runs.
pub trait Work: Send + Sync {
    /// Does it at once, where that is all there is to it: a task that computes, is neither watched nor
    /// made again, and has a slot to run in. It takes the values, and drops them before this returns.
    ///
    /// `None` where the work has to be started; the values are untouched.
    fn now(&self, _: &Context, _: &mut Values) -> Option<Ended> {
        None
    }

    /// Starts it; the values are dropped before the future is done.
    fn start(self: Arc<Self>, context: Context, values: Values) -> BoxFuture<Ended>;

    /// The work of a map for some of its partitions, which come in place of the value that has all of
    /// them, at this place among the values; where they are borrowed from it, their places come behind
    /// the others. What it ends with is the `Vec` of their results, boxed, for a
    /// [`Batch`](super::map::Batch), and the value of the map for a [`Rest`](super::map::Rest).
    /// `None` where it is not a map.
    fn for_batch(self: Arc<Self>, _: usize) -> Option<Start> {
        None
    }

    /// Hands out the partitions of a map, which move out of a value, until `each` wants no more.
    fn fan_out(&self, _: Value, _: &mut dyn FnMut(Boxed) -> bool) {}

    /// The value of a map of the results of all partitions. `None` where it is not a map, or knows
    /// that in other ways.
    fn gather(&self, _: Vec<Boxed>) -> Option<Boxed> {
        None
    }
}

impl<F> Work for F
where
    F: Fn(Context, Values) -> BoxFuture<Ended> + Send + Sync,
{
    fn start(self: Arc<Self>, context: Context, values: Values) -> BoxFuture<Ended> {
        context.start(false, |context| (*self)(context, values))
    }
}

/// Starts a node.
pub type Start = Arc<dyn Work>;

/// Takes a value apart.
pub type Split = Arc<dyn Fn(Values) -> Parts + Send + Sync>;

/// One box an output.
pub enum Parts {
    /// The only one.
    One(Boxed),
    /// All of them.
    Several(Vec<Boxed>),
}

/// What a step does.
#[derive(Clone)]
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
        /// Makes the future.
        start: Start,
    },
    /// Moves parts of a value to slots of their own: cheap, never suspends, runs no user code
    /// beyond a move.
    Glue(Split),
}
