//! `collector-misuse`: a `Vec` that a map fills is filled by one `push`, in one loop, and read after.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::{code, short};

const RULE: &str = "collector-misuse";
const WHY: &str = "a `Vec` in a dag's body stands for the results of one map, in the order of the \
                   partitions";

/// `value` is pushed where there is no loop; `is_filled` by one before.
pub(crate) fn pushed_outside(
    push: &impl ToTokens,
    name: &str,
    value: &impl ToTokens,
    is_filled: bool,
) -> Rejection {
    let value = short(value, 60);
    Rejection::new(push, format!("`{name}.push(…)` outside of a map")).because(RULE, WHY).help(
        &match is_filled {
            true => format!("pass it to the reducing node by itself, beside `{name}`: `{value}`"),
            false => format!("gather single values in an argument: `vec![{value}]`"),
        },
    )
}

/// `instead` is a loop with a `Vec` of its own, unless both are in one loop.
pub(crate) fn pushed_twice(push: &impl ToTokens, name: &str, instead: Option<&str>) -> Rejection {
    let rejection = Rejection::new(push, format!("`{name}` is filled by more than one `push`"))
        .because(RULE, WHY);
    match instead {
        Some(instead) => rejection.help(&format!(
            "give each map a `Vec` of its own, and pass both to the reducing node:\n{instead}"
        )),
        None => rejection.help("push one result for each partition: a tuple, if it has parts"),
    }
}

pub(crate) fn read_before_filled(used: &impl ToTokens, name: &str) -> Rejection {
    Rejection::new(used, format!("`{name}` is read, but no map has filled it"))
        .because(RULE, WHY)
        .help(&format!(
            "write `Vec::new()` in place of `{name}`, or fill it in a loop before:\n\
             for … in … {{\n    {name}.push(…);\n}}"
        ))
}

/// `instead` is the loop with a `Vec` of its own.
pub(crate) fn not_a_collector(
    used: &impl ToTokens,
    name: &str,
    instead: Option<&str>,
) -> Rejection {
    let rejection = Rejection::new(used, format!("`{name}` is not a `Vec` made before the loop"))
        .because(RULE, WHY);
    match instead {
        Some(instead) => rejection.help(&format!("fill a `Vec` of its own:\n{instead}")),
        None => rejection.help("write `let mut results = Vec::new();` before the loop"),
    }
}

/// `pushed` is what is to be pushed.
pub(crate) fn not_a_push(method: &impl ToTokens, name: &str, pushed: &str) -> Rejection {
    let method_text = code(method);
    Rejection::new(method, format!("`{name}` is filled by `{method_text}`, not by `push`"))
        .because(RULE, WHY)
        .help(&format!(
            "push one result for each partition, and join them in the reducing node: \
             `{name}.push({pushed});`"
        ))
}

/// `instead` is the same as a map that is collected.
pub(crate) fn other_collection(
    made: &impl ToTokens,
    name: &impl ToTokens,
    instead: &str,
) -> Rejection {
    let (made_text, name) = (code(made), code(name));
    Rejection::new(made, format!("a loop cannot fill `{name}`, which is made by `{made_text}`"))
        .because(RULE, WHY)
        .help(&format!("fill a `Vec`, or collect:\n{instead}"))
}
