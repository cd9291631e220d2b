//! What the code of a graph knows of its values where they leave their process.

use super::coding::Coding;
use super::context::Context;
use super::signature::Type;
use super::value::{Boxed, Value};
use crate::error::Failure;

/// How a map gets its partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partitioned {
    /// Which of the values that its step reads has the partitions.
    pub source: usize,
    /// Whether they are only borrowed from it.
    pub borrowed: bool,
}

/// The edges of a graph: its values between the steps, by slots and steps of the plan.
pub trait Edges: Send + Sync {
    /// How the value of a slot is written and read; of what nobody reads, only its type. `None` where
    /// that is not known of any value.
    fn value(&self, slot: usize) -> Option<Coding>;

    /// The name of the output in a slot that is a part of another one's value.
    fn part(&self, slot: usize) -> Option<&str>;

    /// What a step is mapped over; `None` where it is not a map.
    fn partitioned(&self, step: usize) -> Option<Partitioned>;

    /// How a partition of a map that moves them is written and read.
    fn partition(&self, step: usize) -> Option<Coding>;

    /// How the place of a partition is written and read, of a map that borrows them.
    fn place(&self, step: usize) -> Option<Coding>;

    /// How the result of a partition is written and read.
    fn result(&self, step: usize) -> Option<Coding>;

    /// The type of what the call of a step leaves in this slot, whether somebody reads it or not; of a
    /// map, what each of them does. It may be `None` where that is no `Result`.
    fn left(&self, step: usize, slot: usize) -> Option<Type>;

    /// Hands the partitions of a map to `each`, in order, until it wants no more; where they are
    /// borrowed, their places.
    fn fan_out(&self, step: usize, value: Value, each: &mut dyn FnMut(Boxed) -> bool);

    /// The value of a map of the results of all partitions, in their order.
    ///
    /// # Errors
    ///
    /// If a result ends the dag, as `collect::<Result<_, _>>()?` says.
    fn gather(&self, step: usize, results: Vec<Boxed>, context: &Context)
    -> Result<Boxed, Failure>;
}
