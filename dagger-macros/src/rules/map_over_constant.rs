//! `map-over-constant`: the partitions of a map come from a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

/// `source` is a range, an array, or another expression without a node.
pub(crate) fn reject(source: &impl ToTokens) -> Rejection {
    let text = code(source);
    Rejection::new(source, format!("cannot map over `{text}`, which no node returns"))
        .because(
            "map-over-constant",
            "the partitions of a map are the output of a node, so that every engine can hand them \
             out one by one",
        )
        .help(&format!(
            "return them from a task, and map over its output:\n\
             #[task]\nfn partitions() -> Vec<…> {{\n    ({text}).into_iter().collect()\n}}"
        ))
}
