//! `loop-carried`: partitions do not depend on each other.

use quote::ToTokens;

use crate::body::suggest::Reduced;
use crate::diagnostic::Rejection;
use crate::text::code;

/// `target` is assigned in the body of a loop; `instead` computes it in a task.
pub(crate) fn reject(target: &impl ToTokens, instead: Option<(Reduced, String)>) -> Rejection {
    let name = code(target);
    let help = match instead {
        Some((Reduced::AfterAMap, code)) => {
            format!("collect the results, and reduce them in a task after the loop:\n{code}")
        }
        Some((Reduced::AsAWhole, code)) => format!("do the whole loop in a task:\n{code}"),
        None => format!("compute `{name}` after the loop, in a task that is given the results"),
    };
    Rejection::new(target, format!("`{name}` carries a value from one partition to the next"))
        .because(
            "loop-carried",
            "all partitions of a map may run at the same time, so none of them can wait for the \
             one before",
        )
        .help(&help)
}
