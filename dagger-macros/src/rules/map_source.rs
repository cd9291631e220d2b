//! `map-source`: nothing stands between a node's output and the map over it.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `step` is the call that stands in between: `filter`, `enumerate`; `instead` does it in a task.
pub(crate) fn reject(step: &impl ToTokens, name: &str, instead: &str) -> Rejection {
    rejection(step, name).help(&format!(
        "call `{name}` in the task that returns the partitions, or in one between:\n{instead}"
    ))
}

/// `step` is the first of two maps in a row; `both` is a dag of the two steps.
pub(crate) fn second_map(step: &impl ToTokens, both: &str) -> Rejection {
    rejection(step, "map").help(&format!("map a dag of both steps:\n{both}"))
}

fn rejection(step: &impl ToTokens, name: &str) -> Rejection {
    Rejection::new(step, format!("`{name}` stands between a node and the map over its output"))
        .because(
            "map-source",
            "a map runs over a node's output as it is, or its partitions would be made outside of \
             any node",
        )
}
