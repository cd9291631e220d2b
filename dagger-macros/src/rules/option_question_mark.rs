//! `option-question-mark`: `?` ends a dag with an error, never with `None`.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `?` stands behind `call`.
pub(crate) fn reject(mark: &impl ToTokens, call: &str) -> Rejection {
    Rejection::new(mark, "`?` on an `Option` is not allowed in a `#[dag]` body")
        .because("option-question-mark", "a node that ends its dag says why, and `None` does not")
        .help(&format!(
            "return a `Result` from the dag, and from the task, or from one behind it:\n\
             #[task]\nfn required<T>(value: Option<T>) -> Result<T, std::io::Error> {{\n    \
             value.ok_or(std::io::Error::other(\"why there is none\"))\n}}\nrequired({call})?"
        ))
}
