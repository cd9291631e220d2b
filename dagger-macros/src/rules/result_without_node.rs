//! `result-without-node`: what a dag returns comes from its nodes.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

pub(crate) fn reject(result: &impl ToTokens) -> Rejection {
    let text = code(result);
    Rejection::new(result, format!("cannot return `{text}`, which no node returns"))
        .because(
            "result-without-node",
            "a dag returns the output of a node, or a tuple or a struct of such outputs",
        )
        .help(&format!("pass it through a node: `dagger::identity({text})`"))
}
