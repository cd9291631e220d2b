//! `result-without-node`: what a dag returns comes from its nodes.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::short;

/// `instead` is the output of a node: one line, or a task as well.
pub(crate) fn reject(result: &impl ToTokens, instead: &str) -> Rejection {
    rejection(result).help(&match instead.contains('\n') {
        true => format!("let nodes do the work:\n{instead}"),
        false => Rejection::with_code("pass it through a node", instead),
    })
}

/// `..rest` in a struct of outputs.
pub(crate) fn rest(rest: &impl ToTokens) -> Rejection {
    rejection(rest).help("write all fields, each with the output of a node")
}

fn rejection(result: &impl ToTokens) -> Rejection {
    let text = short(result, 60);
    Rejection::new(result, format!("cannot return `{text}`, which no node returns")).because(
        "result-without-node",
        "a dag returns the output of a node, or a tuple or a struct of such outputs",
    )
}
