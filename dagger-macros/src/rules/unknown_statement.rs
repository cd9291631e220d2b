//! `unknown-statement`: a body connects nodes and does nothing else.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `what` names the construct: "`println!`", "an assignment", "a closure".
pub(crate) fn reject(at: &impl ToTokens, what: &str) -> Rejection {
    Rejection::new(at, format!("{what} is not allowed in a `#[dag]` body"))
        .because(
            "unknown-statement",
            "a body says which values go from node to node; all work is done by tasks",
        )
        .help("move it into a `#[task]`")
}
