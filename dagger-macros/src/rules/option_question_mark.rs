//! `option-question-mark`: `?` ends a dag with an error, never with `None`.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `?` stands behind `call`, in a dag that returns an `Option` of `value`.
pub(crate) fn reject(mark: &impl ToTokens, call: &str, value: &str) -> Rejection {
    Rejection::new(mark, "`?` on an `Option` is not allowed in a `#[dag]` body")
        .because("option-question-mark", "a node that ends its dag says why, and `None` does not")
        .help(&format!(
            "return `Result<{value}, std::io::Error>` from the dag, and make a `Result` of the \
             `Option` in a task:\n\
             #[task]\nfn required<T>(value: Option<T>) -> Result<T, std::io::Error> {{\n    \
             value.ok_or(std::io::Error::other(\"why there is none\"))\n}}\nrequired({call})?"
        ))
}
