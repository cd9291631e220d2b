//! `binding-without-node`: a `let` names the output of a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::{code, short};

const RULE: &str = "binding-without-node";
const WHY: &str = "a value without a node would be computed outside of any task";

/// `at` binds `name` to `value`, which no node returns; `through` binds it to the output of one.
/// What `is_argument` may stand in the arguments instead.
pub(crate) fn reject(
    at: &impl ToTokens,
    name: &impl ToTokens,
    value: &impl ToTokens,
    is_argument: bool,
    through: Option<&str>,
) -> Rejection {
    let (name, value) = (code(name), short(value, 60));
    let instead = format!("write `{value}` in place of `{name}`");
    let help = match (is_argument, through) {
        (true, Some(through)) => format!("{instead}, or pass it through a node:\n{through}"),
        (false, Some(through)) => format!("return it from a task:\n{through}"),
        (true, None) => instead,
        (false, None) => "compute it in the task that needs it".to_owned(),
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
