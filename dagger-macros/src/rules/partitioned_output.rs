//! `partitioned-output`: what a dag returns comes from nodes that are not mapped.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `output` is the collection that a map fills.
pub(crate) fn reject(output: &impl ToTokens, name: Option<&str>) -> Rejection {
    let (what, call) = match name {
        Some(name) => (format!("`{name}`"), format!("dagger::identity({name})")),
        None => ("the results of a map".to_owned(), "dagger::identity(…)".to_owned()),
    };
    Rejection::new(output, format!("cannot return {what}, the partitions of a map"))
        .because(
            "partitioned-output",
            "the output of a dag comes from a node that has seen all partitions; nothing has joined \
             these yet",
        )
        .help(&format!("join them in a reducing node, or as they are: `{call}`"))
}
