//! `binding-without-node`: a `let` names the output of a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::{code, short};

const RULE: &str = "binding-without-node";
const WHY: &str = "a value without a node would be computed outside of any task";

/// What to write instead of a binding without a node, with the binding to the output of one.
#[derive(Clone, Copy)]
pub(crate) enum Instead<'a> {
    /// The value in place of the name.
    InPlace(Option<&'a str>),
    /// A node around it: its calls would be made once for each use of the name otherwise.
    Node(&'a str),
    /// A task that returns it.
    Task(Option<&'a str>),
}

/// `at` binds `name` to `value`, which no node returns.
pub(crate) fn reject(
    at: &impl ToTokens,
    name: &impl ToTokens,
    value: &impl ToTokens,
    instead: Instead<'_>,
) -> Rejection {
    let (name, value) = (code(name), short(value, 60));
    let in_place = format!("write `{value}` in place of `{name}`");
    let help = match instead {
        Instead::InPlace(Some(node)) => format!("{in_place}, or pass it through a node:\n{node}"),
        Instead::InPlace(None) => in_place,
        Instead::Node(node) => format!("pass it through a node:\n{node}"),
        Instead::Task(Some(task)) => format!("return it from a task:\n{task}"),
        Instead::Task(None) => "compute it in the task that needs it".to_owned(),
    };
    Rejection::new(at, format!("`{name}` is not the output of a node"))
        .because(RULE, WHY)
        .help(&help)
}

/// A tuple of names is bound to a tuple of expressions; `each` binds them one by one.
pub(crate) fn tuple(pattern: &impl ToTokens, each: &str) -> Rejection {
    Rejection::new(pattern, format!("`{}` is not the output of a node", code(pattern)))
        .because(RULE, WHY)
        .help(&format!("bind each of them:\n{each}"))
}

/// `binding` binds the output to a name, and `fields` are what the pattern would bind.
pub(crate) fn pattern(pattern: &impl ToTokens, binding: &str, fields: &[String]) -> Rejection {
    let fields: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
    let uses = match &fields[..] {
        [] => "what it holds".to_owned(),
        fields => fields.join(", "),
    };
    Rejection::new(pattern, format!("cannot bind the output of a node to `{}`", code(pattern)))
        .because(RULE, "the parts of an output are its fields, by name or by place")
        .help(&format!("bind it to a name, and pass on {uses}:\n{binding}"))
}
