//! `partitioned-output`: what a dag returns comes from nodes that are not mapped.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `output` is what a map fills or collects; `joined` is the output of a node.
pub(crate) fn reject(output: &impl ToTokens, name: Option<&str>, joined: &str) -> Rejection {
    let what = match name {
        Some(name) => format!("`{name}`, the partitions of a map"),
        None => "what a map collects".to_owned(),
    };
    Rejection::new(output, format!("cannot return {what}"))
        .because(
            "partitioned-output",
            "the output of a dag comes from a node that has seen all partitions; nothing has joined \
             these yet",
        )
        .help(&Rejection::with_code("join them in a reducing node, or as they are", joined))
}
