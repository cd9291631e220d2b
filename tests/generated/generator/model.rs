//! The model of a program: what is drawn, before it is text.
//!
//! Locals are numbers until they are printed, since only a complete body shows which of them are used: rustc warns
//! about a binding that nobody reads, so those are printed as `_` or not bound at all.

use super::kinds::Tally;
use super::types::{Fault, Ty};

/// DAGs, of which the last one is run, and the arguments to run it with.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) seed: u64,
    pub(crate) dags: Vec<Dag>,
    /// Each case is one expression per parameter.
    pub(crate) cases: Vec<Vec<String>>,
    pub(crate) tally: Tally,
}

/// One `#[dag]` function.
#[derive(Clone, Debug)]
pub(crate) struct Dag {
    pub(crate) visibility: &'static str,
    pub(crate) name: String,
    pub(crate) is_async: bool,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Ty,
    pub(crate) fault: Option<Fault>,
    pub(crate) body: Vec<Stmt>,
    /// The result as it is written, `Ok(…)` included; none for `()`.
    pub(crate) tail: Option<Expr>,
    pub(crate) locals: Vec<Local>,
    /// Names of the DAGs that this one calls.
    pub(crate) nested: Vec<String>,
    pub(crate) swallowable: bool,
    pub(crate) cost: usize,
}

/// A parameter of a DAG.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) ty: Ty,
    /// The expression in `#[default(…)]`.
    pub(crate) default: Option<String>,
}

/// A position in [`Dag::locals`].
pub(crate) type LocalId = usize;

/// A name bound in a body.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) name: String,
    pub(crate) used: bool,
}

/// A statement of a body.
#[derive(Clone, Debug)]
pub(crate) enum Stmt {
    /// `let x = …;`, `let (a, b) = …;` or, where nothing is used, the value alone.
    Bind { names: Vec<LocalId>, ty: Ty, annotated: bool, value: Expr },
    /// `let mut collected = …;`
    Collector { name: LocalId, item: Ty, spelling: Collector },
    /// `for names in source { into.push(call); }`
    For { names: Vec<LocalId>, source: Source, call: Call, into: Option<LocalId> },
}

/// How an empty `Vec` is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Collector {
    /// `Vec::new()`
    New,
    /// `Vec::new()`, with the type on the left
    Annotated,
    /// `vec![]`
    Macro,
    /// `Vec::with_capacity(4)`
    Capacity,
}

/// An argument, a bound value or a result.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    /// Text without node calls.
    Code(String),
    Call(Call),
    Map(Box<Map>),
    /// `open`, the items with commas between, `close`: borrows, gathers, `Some(…)`, `… + 1`.
    Group {
        open: String,
        items: Vec<Expr>,
        close: String,
    },
}

impl Expr {
    /// An expression between two texts.
    pub(crate) fn wrapped(open: &str, inner: Expr, close: &str) -> Self {
        Self::Group { open: open.to_owned(), items: vec![inner], close: close.to_owned() }
    }
}

/// A node call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// With its turbofish.
    pub(crate) path: String,
    pub(crate) arguments: Vec<Expr>,
    pub(crate) awaited: bool,
    pub(crate) question: bool,
}

/// What a map iterates over.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) value: Expr,
    pub(crate) by: Iteration,
}

/// How a map iterates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Iteration {
    /// `xs`, or `xs.into_iter()`
    Owned,
    /// `&xs`, in `for` only
    Borrowed,
    /// `xs.iter()`
    Iter,
    /// `xs.iter().copied()`, not in `for`
    Copied,
    /// `xs.iter().cloned()`, not in `for`
    Cloned,
}

/// A map that is an expression.
#[derive(Clone, Debug)]
pub(crate) struct Map {
    pub(crate) source: Source,
    pub(crate) each: Each,
    pub(crate) gather: Gather,
}

/// What is handed to `.map(…)`.
#[derive(Clone, Debug)]
pub(crate) enum Each {
    /// `|names| call`
    Closure { names: Vec<LocalId>, call: Call },
    /// A function by its path.
    Path(String),
}

/// How the results of a map come together.
#[derive(Clone, Debug)]
pub(crate) enum Gather {
    /// `.collect()`, or with a turbofish; `?` after it for a collection of results.
    Collect { target: Option<String>, question: bool },
    /// `join_all(…).await`
    JoinAll,
    /// `try_join_all(…).await?`
    TryJoinAll,
}
