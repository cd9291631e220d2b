//! `binding-without-node`: a `let` names the output of a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

/// `name` is bound to `value`, which no node returns.
pub(crate) fn reject(name: &impl ToTokens, value: &impl ToTokens) -> Rejection {
    let (name_text, value) = (code(name), code(value));
    Rejection::new(name, format!("`{name_text}` is not the output of a node"))
        .because(
            "binding-without-node",
            "a value without a node would be computed outside of any task",
        )
        .help(&format!(
            "write `{value}` where `{name_text}` is used, as an argument, or return it from a task"
        ))
}

pub(crate) fn pattern(pattern: &impl ToTokens) -> Rejection {
    Rejection::new(pattern, format!("cannot bind the output of a node to `{}`", code(pattern)))
        .because(
            "binding-without-node",
            "the parts of an output are its fields, by name or by place",
        )
        .help(
            "bind it to a name, or to a tuple of names: `let (a, b) = …`; use fields as `a.field`",
        )
}
