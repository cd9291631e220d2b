//! `loop-carried`: partitions do not depend on each other.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

/// `target` is assigned in the body of a loop.
pub(crate) fn reject(target: &impl ToTokens) -> Rejection {
    let name = code(target);
    Rejection::new(target, format!("`{name}` carries a value from one partition to the next"))
        .because(
            "loop-carried",
            "all partitions of a map may run at the same time, so none of them can wait for the \
             one before",
        )
        .help(&format!(
            "collect the results, and reduce them in a node after the loop:\n\
             let mut results = Vec::new();\nfor … in … {{\n    results.push(…);\n}}\n\
             let {name} = reduce(results);"
        ))
}
