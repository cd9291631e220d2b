//! `map-over-parameter`: a map runs over the output of a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `source` is a parameter or a part of one; `instead` is the map over the output of a node.
pub(crate) fn reject(source: &impl ToTokens, parameter: &str, instead: &str) -> Rejection {
    Rejection::new(source, format!("cannot map over `{parameter}`, a parameter of the dag"))
        .because(
            "map-over-parameter",
            "the partitions of a map are the output of a node, so that every engine can hand them \
             out one by one",
        )
        .help(&format!("pass it through a node:\n{instead}"))
}
