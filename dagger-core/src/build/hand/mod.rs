//! The graph by hand: what a body of a `#[dag]` says, as calls.
//!
//! 1. A callee (`callee.rs`) and a tuple of inputs (`tuple.rs`) make a node. An input says what it reads
//!    (`reads.rs`), and gives the task its argument: the function's own types decide what fits
//!    (`function.rs`).
//! 2. In a map, one input is the partition. What the map is over is known as a type (`source.rs`), so
//!    that no partition is erased or boxed.
//! 3. What is wrong is noted (`check.rs`), and said when the graph is built.

mod builder;
mod callee;
mod check;
mod function;
mod handle;
mod input;
mod reads;
mod source;
mod tuple;

pub use builder::{DagBuilder, PartsOf};
pub use callee::{Callee, DagNode, FunctionNode, MapCallee, Task};
pub use function::{AsyncFunction, AsyncMapFunction, Function, MapFunction};
pub use handle::{Handle, Lends, Part, Place};
pub use input::{
    ByRef, Cloned, Constant, Copied, Each, EachRef, Expression, Gather, Input, MapInput, constant,
    expression, gather,
};
pub use tuple::{MapInputs, NodeInputs};
