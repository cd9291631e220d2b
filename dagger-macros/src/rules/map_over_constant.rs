//! `map-over-constant`: the partitions of a map come from a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

/// `source` is a range, an array, or another expression without a node; `instead` is the map over
/// the output of a node.
pub(crate) fn reject(source: &impl ToTokens, instead: &str) -> Rejection {
    let text = code(source);
    Rejection::new(source, format!("cannot map over `{text}`, which no node returns"))
        .because(
            "map-over-constant",
            "the partitions of a map are the output of a node, so that every engine can hand them \
             out one by one",
        )
        .help(&format!("make them the output of a node, and map over that:\n{instead}"))
}
