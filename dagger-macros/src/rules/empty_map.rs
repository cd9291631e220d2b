//! `empty-map`: a map has a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `keyword` begins a map whose body calls no node; `instead` is a task that does its work.
pub(crate) fn reject(keyword: &impl ToTokens, instead: Option<&str>) -> Rejection {
    Rejection::new(keyword, "a map without a node")
        .because(
            "empty-map",
            "a map runs a task, or a dag, for each partition; this one runs nothing",
        )
        .help(&match instead {
            Some(code) => format!(
                "call a task for each partition, or do the work in one task without a map:\n{code}"
            ),
            None => "call a `#[task]` for each partition, or do the work in one task without a map"
                .to_owned(),
        })
}
