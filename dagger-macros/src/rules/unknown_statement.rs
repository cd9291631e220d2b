//! `unknown-statement`: a body connects nodes and does nothing else.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `what` names the construct: "`println!`", "an assignment", "a closure"; `help` says what to write
/// instead.
pub(crate) fn reject(at: &impl ToTokens, what: &str, help: &str) -> Rejection {
    Rejection::new(at, format!("{what} is not allowed in a `#[dag]` body"))
        .because(
            "unknown-statement",
            "a body says which values go from node to node; all work is done by tasks",
        )
        .help(help)
}

/// What to write instead, where a task does it: the task, and its call.
pub(crate) fn in_a_task(code: &str) -> String {
    format!("move it into a task:\n{code}")
}
