//! `single-mapping-node`: a map runs one node a partition.

use syn::ExprCall;

use crate::body::callee_name;
use crate::diagnostic::Rejection;

/// The node calls `calls` run in the same map, and the second one is one too many; `instead` is a
/// dag of the steps, and its call.
pub(crate) fn reject(calls: &[&ExprCall], instead: &str) -> Rejection {
    let names: Vec<_> = calls.iter().map(|call| callee_name(call)).collect();
    let message = match &names[..] {
        [a, b] if a == b => format!("`{a}` is called twice for each partition"),
        [a, b] => format!("two nodes for each partition: `{a}` and `{b}`"),
        [_, ..] => {
            let all = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
            format!("several nodes for each partition: {}", all.join(", "))
        }
        [] => unreachable!("a map without a node is another rule's"),
    };
    Rejection::new(&calls[1].func, message)
        .because(
            "single-mapping-node",
            "a map has one node, which may be a dag: its steps then run one after the other for \
             each partition, and do not wait for other partitions",
        )
        .help(&format!("put the steps into a dag, and call that in their place:\n{instead}"))
}

/// The name of a dag of these calls.
pub(crate) fn name(calls: &[&ExprCall]) -> String {
    let names: Vec<_> = calls.iter().take(2).map(|call| callee_name(call)).collect();
    match &names[..] {
        [a, b] if a == b => format!("{a}_twice"),
        names => names.join("_and_"),
    }
}
