//! `control-flow`: which nodes there are is known before any of them runs.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `keyword` is `if`, `match`, `while`, `loop`, `break`, `continue`, `return` or `else`.
pub(crate) fn reject(keyword: &impl ToTokens, word: &str) -> Rejection {
    let help = match word {
        "while" | "loop" => "repeat inside of a task, or map over the output of a node with `for`",
        "return" => "write the output as the last expression of the body, without `return`",
        "break" | "continue" => "return from the fan-out only the partitions that are wanted",
        _ => "decide inside of a task: pass it what it needs to choose",
    };
    Rejection::new(keyword, format!("`{word}` is not allowed in a `#[dag]` body"))
        .because(
            "control-flow",
            "a graph has the same nodes in every run, whatever their values turn out to be",
        )
        .help(help)
}
