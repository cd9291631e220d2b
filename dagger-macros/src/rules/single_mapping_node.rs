//! `single-mapping-node`: a map runs one node a partition.

use syn::ExprCall;

use crate::body::callee_name;
use crate::diagnostic::Rejection;

/// The steps of a map that has more than one, as the user wrote them.
pub(crate) struct Steps {
    /// The lines of the body, the last one without a semicolon.
    pub(crate) lines: Vec<String>,
    /// The names they mention: the partition's, and those of values from outside of the map.
    pub(crate) mentions: Vec<String>,
    pub(crate) awaits: bool,
}

/// The node calls `calls` run in the same map; the second one is one too many.
pub(crate) fn reject(calls: &[&ExprCall], steps: &Steps) -> Rejection {
    let names: Vec<_> = calls.iter().map(|call| callee_name(call)).collect();
    let (first, second) = (&names[0], &names[1]);
    let message = match &names[..] {
        [a, b] if a == b => format!("`{a}` is called twice for each partition"),
        [a, b] => format!("two nodes for each partition: `{a}` and `{b}`"),
        [_, ..] => {
            let all = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
            format!("several nodes for each partition: {}", all.join(", "))
        }
        [] => unreachable!("a map without a node is another rule's"),
    };
    let name = format!("{first}_and_{second}");
    let parameters = steps.mentions.iter().map(|mention| format!("{mention}: …"));
    let parameters = parameters.collect::<Vec<_>>().join(", ");
    let arguments = steps.mentions.join(", ");
    let keyword = if steps.awaits { "async fn" } else { "fn" };
    let awaits = if steps.awaits { ".await" } else { "" };
    let body = steps.lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n");
    Rejection::new(&calls[1].func, message)
        .because(
            "single-mapping-node",
            "a map has one node, which may be a dag: its steps then run one after the other for \
             each partition, and do not wait for other partitions",
        )
        .help(&format!(
            "put the steps into a dag of their own, and call `{name}({arguments}){awaits}` here:\n\
             #[dag]\n{keyword} {name}({parameters}) -> … {{\n{body}\n}}"
        ))
}
