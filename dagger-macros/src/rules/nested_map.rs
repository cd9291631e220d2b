//! `nested-map`: a map is not inside another map.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `keyword` begins a map inside of another; `instead` is a dag of the inner one, and its call.
pub(crate) fn reject(keyword: &impl ToTokens, instead: &str) -> Rejection {
    Rejection::new(keyword, "a map inside of another map".to_owned())
        .because(
            "nested-map",
            "a dag maps over one dimension at a time; the other one is a dag of its own, which the \
             outer map runs for each of its partitions",
        )
        .help(&format!("move the inner map into a dag, and call that in its place:\n{instead}"))
}
