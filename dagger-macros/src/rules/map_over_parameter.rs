//! `map-over-parameter`: a map runs over the output of a node.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

/// `source`, a parameter or a part of one, is iterated as `head(source)`: `for x in` or `.map`.
pub(crate) fn reject(source: &impl ToTokens, parameter: &str) -> Rejection {
    let source_text = code(source);
    Rejection::new(source, format!("cannot map over `{parameter}`, a parameter of the dag"))
        .because(
            "map-over-parameter",
            "the partitions of a map are the output of a node, so that every engine can hand them \
             out one by one",
        )
        .help(&format!(
            "pass it through a node: `dagger::identity({source_text})` in place of `{source_text}`"
        ))
}
