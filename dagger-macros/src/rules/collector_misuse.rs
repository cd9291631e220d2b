//! `collector-misuse`: a `Vec` that a map fills is filled by one `push`, in one loop, and read after.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

const RULE: &str = "collector-misuse";
const WHY: &str = "a `Vec` in a dag's body stands for the results of one map, in the order of the \
                   partitions";

pub(crate) fn pushed_outside(push: &impl ToTokens, name: &str) -> Rejection {
    Rejection::new(push, format!("`{name}.push(…)` outside of a map"))
        .because(RULE, WHY)
        .help("pass values to a task as they are, or gather them in an argument: `vec![a, b]`")
}

pub(crate) fn pushed_twice(push: &impl ToTokens, name: &str) -> Rejection {
    Rejection::new(push, format!("`{name}` is filled by more than one `push`"))
        .because(RULE, WHY)
        .help("give each map a `Vec` of its own, and pass both to the reducing node")
}

pub(crate) fn read_before_filled(used: &impl ToTokens, name: &str) -> Rejection {
    Rejection::new(used, format!("`{name}` is read, but no map has filled it"))
        .because(RULE, WHY)
        .help(&format!("fill it in a loop before: `for x in … {{ {name}.push(f(x)); }}`"))
}

pub(crate) fn not_a_collector(used: &impl ToTokens, name: &str) -> Rejection {
    Rejection::new(used, format!("`{name}` is not a `Vec` made before the loop"))
        .because(RULE, WHY)
        .help(&format!("write `let mut {name} = Vec::new();` before the loop"))
}

pub(crate) fn not_a_push(method: &impl ToTokens, name: &str) -> Rejection {
    let method_text = code(method);
    Rejection::new(method, format!("`{name}` is filled by `{method_text}`, not by `push`"))
        .because(RULE, WHY)
        .help(&format!("push one result for each partition, and join them in the reducing node: `{name}.push(…)`"))
}

pub(crate) fn other_collection(made: &impl ToTokens, name: &impl ToTokens) -> Rejection {
    let (made_text, name) = (code(made), code(name));
    Rejection::new(made, format!("a loop cannot fill `{name}`, which is made by `{made_text}`"))
        .because(RULE, WHY)
        .help(&format!(
            "fill a `Vec`, made by `Vec::new()`, or collect: \
             `let {name}: … = ….into_iter().map(…).collect();`"
        ))
}
