//! `control-flow`: which nodes there are is known before any of them runs.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `keyword` is `if`, `match`, `while`, `loop`, `break`, `continue`, `let … else` or `let`;
/// `instead` is a task that does the same, where there can be one.
pub(crate) fn reject(keyword: &impl ToTokens, word: &str, instead: Option<&str>) -> Rejection {
    let help = match word {
        "while" | "loop" => "repeat inside of a task",
        "break" | "continue" => "return from the fan-out only the partitions that are wanted",
        _ => "decide inside of a task",
    };
    let help = match (instead, word) {
        (Some(code), _) => format!("{help}:\n{code}"),
        (None, "while" | "loop") => format!("{help}, or map over the output of a node with `for`"),
        (None, "break" | "continue") => help.to_owned(),
        (None, _) => format!("{help}: pass it what it needs to choose"),
    };
    rejection(keyword, word).help(&help)
}

/// `return value`, at the end of the body or before.
pub(crate) fn returned(keyword: &impl ToTokens, value: Option<&str>, is_last: bool) -> Rejection {
    rejection(keyword, "return").help(&match (value, is_last) {
        (Some(value), true) => {
            format!("write `{value}` as the last expression of the body, without `return`")
        }
        (None, true) => "remove it: the body ends here".to_owned(),
        (_, false) => "return a `Result` from a task, with `?` behind its call: an error ends \
                       the dag"
            .to_owned(),
    })
}

fn rejection(keyword: &impl ToTokens, word: &str) -> Rejection {
    Rejection::new(keyword, format!("`{word}` is not allowed in a `#[dag]` body")).because(
        "control-flow",
        "a graph has the same nodes in every run, whatever their values turn out to be",
    )
}
