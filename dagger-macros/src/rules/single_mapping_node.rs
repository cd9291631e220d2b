//! `single-mapping-node`: a map runs one node a partition.

use syn::ExprCall;

use crate::body::callee_name;
use crate::diagnostic::Rejection;
use crate::text::code;

/// `second` runs after `first` in the same map over `item`; `chained` where it takes its result.
pub(crate) fn reject(first: &ExprCall, second: &ExprCall, item: &str, chained: bool) -> Rejection {
    let (a, b) = (callee_name(first), callee_name(second));
    let message = if a == b {
        format!("`{a}` is called twice for each partition")
    } else {
        format!("two nodes for each partition: `{a}` and `{b}`")
    };
    let name = format!("{a}_and_{b}");
    let steps = if chained {
        format!("let value = {};\n    {b}(value)", code(first))
    } else {
        format!("let value = {};\n    {};\n    …", code(first), code(second))
    };
    Rejection::new(&second.func, message)
        .because(
            "single-mapping-node",
            "a map has one node, which may be a dag: its steps then run one after the other for \
             each partition, and do not wait for other partitions",
        )
        .help(&format!(
            "put the steps into a dag of their own, and call `{name}({item})` here:\n\
             #[dag]\nfn {name}({item}: …) -> … {{\n    {steps}\n}}"
        ))
}
