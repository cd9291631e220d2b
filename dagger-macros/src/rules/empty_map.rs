//! `empty-map`: a map has a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `keyword` begins a map whose body calls no node.
pub(crate) fn reject(keyword: &impl ToTokens) -> Rejection {
    Rejection::new(keyword, "a map without a node")
        .because(
            "empty-map",
            "a map runs a task, or a dag, for each partition; this one runs nothing",
        )
        .help("call a `#[task]` for each partition, or do the work in one task without a loop")
}
