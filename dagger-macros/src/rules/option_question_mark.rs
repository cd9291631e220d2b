//! `option-question-mark`: `?` ends a dag with an error, never with `None`.

use quote::ToTokens;

use crate::diagnostic::Rejection;

pub(crate) fn reject(mark: &impl ToTokens) -> Rejection {
    Rejection::new(mark, "`?` on an `Option` is not allowed in a `#[dag]` body")
        .because("option-question-mark", "a node that ends its dag says why, and `None` does not")
        .help("return a `Result` from the task: `value.ok_or(\"why there is none\")`")
}
