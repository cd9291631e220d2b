//! `option-question-mark`: `?` ends a dag with an error, never with `None`.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// The error of the task in the help.
const ERROR: &str = "std::io::Error";

/// `?` stands behind `call`, in a dag that returns an `Option` of `value`.
pub(crate) fn reject(mark: &impl ToTokens, call: &str, value: &str) -> Rejection {
    Rejection::new(mark, "`?` on an `Option` is not allowed in a `#[dag]` body")
        .because("option-question-mark", "a node that ends its dag says why, and `None` does not")
        .help(&help(call, Some(value), None))
}

/// What to write instead of `?` behind `option`. The dag returns an `Option` of `value`, if that is
/// given; the task fails with `error`, or with one that most errors can be made of.
pub(crate) fn help(option: &str, value: Option<&str>, error: Option<&str>) -> String {
    let (error, made) = match error {
        Some(error) => (error, "…"),
        None => (ERROR, "std::io::Error::other(\"why there is none\")"),
    };
    let of_dag = value.map(|value| format!("return `Result<{value}, {error}>` from the dag, and "));
    format!(
        "{}make a `Result` of the `Option` in a task:\n\
         #[task]\nfn required<T>(value: Option<T>) -> Result<T, {error}> {{\n    \
         value.ok_or({made})\n}}\nrequired({option})?",
        of_dag.unwrap_or_default()
    )
}
