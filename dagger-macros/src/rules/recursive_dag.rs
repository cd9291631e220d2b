//! `recursive-dag`: a dag does not call itself.
//!
//! Through others it is found when the graph is built.

use quote::ToTokens;

use crate::diagnostic::Rejection;

pub(crate) fn reject(callee: &impl ToTokens, name: &str) -> Rejection {
    Rejection::new(callee, format!("`{name}` calls itself"))
        .because("recursive-dag", "a graph that contains itself has no end")
        .help("repeat inside of a task; a task may call any function, itself included")
}
