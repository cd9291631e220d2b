//! `one-partitioned-input`: a node is mapped over one collection.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `instead` is the map over the pairs.
pub(crate) fn reject(zip: &impl ToTokens, instead: &str) -> Rejection {
    Rejection::new(zip, "cannot map over two collections at once")
        .because(
            "one-partitioned-input",
            "the partitions of a map come from one output, or they would have to be paired outside \
             of any node",
        )
        .help(&format!(
            "pair them in a task that returns the pairs, and map over its output:\n\
             #[task]\nfn pairs<A, B>(a: Vec<A>, b: Vec<B>) -> Vec<(A, B)> {{\n    \
             a.into_iter().zip(b).collect()\n}}\n{instead}"
        ))
}
