//! A body as nodes and values: what lowering makes of the syntax, and code generation reads.
//!
//! Names are resolved: an expression of the model mentions a value as `__dagger_v7`, spanned as the
//! user's name, or as `__dagger_v7.__dagger_whole`, spanned as the call that stood there. What each
//! mention does to the value (moves it, borrows it, copies it) is decided by `ownership`, when all
//! mentions are known.
//!
//! Spans are the user's own, expansion included: rustc then finds an error in the graph to be the
//! one it has already reported in the function.

mod arguments;
mod changes;
mod lower;
mod maps;
pub(crate) mod places;
mod rejected;
mod results;
pub(crate) mod suggest;
pub(crate) mod syntax;

pub(crate) use lower::{RETURN_VALUE, lower};
pub(crate) use results::is_tuple_struct;
pub(crate) use syntax::callee_name;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, ExprPath, Pat, Token, Type};

/// A value of the graph, by its number.
pub(crate) type ValueId = usize;

/// The field of a held value: see [`places::held`].
pub(crate) const WHOLE: &str = "__dagger_whole";

/// The identifier of a value in generated code; `span` has the hygiene of the function's name.
pub(crate) fn value_ident(id: ValueId, span: Span) -> Ident {
    Ident::new(&format!("__dagger_v{id}"), span)
}

/// A body.
pub(crate) struct Model {
    pub(crate) values: Vec<Origin>,
    /// What the user calls a value, where it has a name.
    pub(crate) names: Vec<Option<Ident>>,
    pub(crate) steps: Vec<Step>,
    /// The values that are references: parameters `&T`.
    pub(crate) references: Vec<ValueId>,
    /// The values that are numbers: parameters of a primitive type.
    pub(crate) numbers: Vec<ValueId>,
    /// What the dag returns; `None` for `()`.
    pub(crate) result: Option<Expr>,
    /// Whether the dag returns a `Result`.
    pub(crate) fallible: bool,
}

/// Where a value comes from, as the description says it.
#[derive(Clone)]
pub(crate) enum Origin {
    /// A parameter of the dag.
    Parameter(usize),
    /// An output of a node, by name.
    Output {
        node: usize,
        output: String,
        /// Whether it is the results of a map.
        mapped: bool,
    },
}

impl Origin {
    /// Whether the description says the same of both.
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Parameter(a), Self::Parameter(b)) => a == b,
            (
                Self::Output { node: a, output: one, .. },
                Self::Output { node: b, output: other, .. },
            ) => a == b && one == other,
            _ => false,
        }
    }
}

/// What happens, in the order of the body.
pub(crate) enum Step {
    /// A node that runs once.
    Node(Node),
    /// A node that runs for each partition.
    Map(Map),
    /// `let (a, b) = value;`
    Pattern {
        value: Expr,
        pattern: Pat,
        /// The values it binds, by the names in the pattern.
        bound: Vec<(Ident, ValueId)>,
    },
}

/// A call of a task or a dag.
pub(crate) struct Call {
    /// The node's number, in the order of the body.
    pub(crate) node: usize,
    pub(crate) callee: ExprPath,
    pub(crate) paren: syn::token::Paren,
    pub(crate) arguments: Vec<Argument>,
    /// Whether the user wrote `.await`, and where.
    pub(crate) awaited: Option<Token![await]>,
    pub(crate) question: Question,
    /// Where an argument mentions a name that the body does not know: the names it does know. They
    /// are put in scope again, so that rustc proposes the same one as in the function.
    pub(crate) in_scope: Vec<Ident>,
}

/// An argument, and its text as the user wrote it.
pub(crate) struct Argument {
    pub(crate) expr: Expr,
    pub(crate) text: String,
    /// Whether it mentions the partition.
    pub(crate) reads_item: bool,
}

/// What becomes of a `Result` that a call returns.
pub(crate) enum Question {
    /// It is a value.
    None,
    /// `?`: its error ends the dag.
    Mark(Token![?]),
    /// It is what the dag returns: its error ends the dag without a mark.
    Tail,
}

pub(crate) struct Node {
    pub(crate) call: Call,
    pub(crate) output: ValueId,
    /// The type in `let x: Type = …`.
    pub(crate) ty: Option<Type>,
}

pub(crate) struct Map {
    pub(crate) call: Call,
    pub(crate) source: Source,
    /// What the loop binds a partition to.
    pub(crate) item: Pat,
    pub(crate) collect: Collect,
    pub(crate) output: ValueId,
    pub(crate) ty: Option<Type>,
}

/// What a map runs over.
pub(crate) struct Source {
    /// An expression that is iterable.
    pub(crate) expr: Expr,
    /// Whether the partitions are borrowed from a value that stays.
    pub(crate) borrowed: bool,
    /// Where the partitions come from: the node, and the name of its output.
    pub(crate) from: (usize, String),
}

/// How the results of a map come together.
pub(crate) enum Collect {
    /// Nobody collects them.
    None,
    /// Pushed to a `Vec`, or returned by `join_all`.
    Vec,
    /// `.collect::<…>()`, and `?` where the user wrote it.
    Into { method: TokenStream, question: Option<Token![?]> },
}

impl Step {
    /// The expressions that are evaluated when the step runs, and where.
    pub(crate) fn expressions(&mut self) -> Vec<(&mut Expr, Region)> {
        fn arguments(call: &mut Call, region: Region) -> Vec<(&mut Expr, Region)> {
            call.arguments.iter_mut().map(|argument| (&mut argument.expr, region)).collect()
        }
        match self {
            Self::Node(node) => arguments(&mut node.call, Region::Once),
            Self::Map(map) => {
                let region = if map.source.borrowed { Region::Item } else { Region::Source };
                let mut all = vec![(&mut map.source.expr, region)];
                all.extend(arguments(&mut map.call, Region::Item));
                all
            }
            Self::Pattern { value, .. } => vec![(value, Region::Once)],
        }
    }
}

/// How often an expression of a step is evaluated, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Region {
    /// Once.
    Once,
    /// Once, before a map: it makes the partitions.
    Source,
    /// In each worker of a map, for each partition.
    Item,
}
