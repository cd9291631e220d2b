//! The graph by hand: what a body of a `#[dag]` says, as calls.
//!
//! 1. A callee (`callee.rs`) and a tuple of inputs (`tuple.rs`) make a node (`wiring.rs`). An input says
//!    what it reads (`reads.rs`), and gives the task its argument: the function's own types decide what
//!    fits (`function.rs`), and its kind what a call is (`work.rs`).
//! 2. In a map, one input is the partition. What the map is over is known as a type (`source.rs`), so
//!    that no partition is erased or boxed.
//! 3. What is wrong is noted (`check.rs`), and said when the graph is built.

mod builder;
mod callee;
mod check;
mod coding;
mod computed;
mod function;
mod handle;
mod input;
mod parts;
mod reads;
mod source;
mod tuple;
mod wiring;
mod work;

pub use builder::DagBuilder;
pub use callee::{Callee, DagNode, FunctionNode, MapCallee, Task};
pub use computed::{Constant, Expression, Gather, constant, expression, gather};
pub use function::{AsyncFunction, AsyncMapFunction, Function, MapFunction};
pub use handle::{Handle, Lends, Part, Place};
pub use input::{ByRef, Cloned, Copied, Each, EachRef, Input, MapInput};
pub use parts::PartsOf;
pub use tuple::{MapInputs, NodeInputs};
