//! The graph by hand: what a body of a `#[dag]` says, as calls.
//!
//! | in a body | by hand |
//! | --- | --- |
//! | `fn f(a: u64, #[default(2)] b: u32, c: &str)` | `dag.parameter("a")`, `dag.parameter_or("b", constant(2))`, `dag.parameter_ref("c")` |
//! | `let x = task(a, &b);` | `let x = dag.node(node!(task), (a, b.by_ref()));` |
//! | `let x = task(a)?;` | `let x = dag.try_node(node!(task), (a,));` |
//! | `for n in xs { ys.push(task(n, b)) }` | `let ys = dag.map(node!(task), (xs.each(), b.copied()));` |
//! | `task(2, n + 1, &data.test)` | `(constant(2), expression("n + 1", …), data.field("test", …).by_ref())` |
//! | `let (a, b) = pair;`, `data.training` that moves | `dag.split(pair, ["0", "1"], …)` |
//! | `task(vec![a, b])` | `gather([a, b])` |
//! | `other_dag(a)` | `node!(other_dag)`, or a [`Dag`](crate::Dag) as a value: `other.returning::<T>()` |
//! | what it returns | `dag.output("return_value", x)` |

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
