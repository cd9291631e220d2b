//! `nested-map`: a map is not inside another map.

use quote::ToTokens;

use crate::diagnostic::Rejection;

/// `keyword` begins a map inside the map over `outer`; the inner one is over `inner`.
pub(crate) fn reject(keyword: &impl ToTokens, outer: &str, inner: &str) -> Rejection {
    Rejection::new(keyword, "a map inside of another map".to_owned())
        .because(
            "nested-map",
            "a dag maps over one dimension at a time; the other one is a dag of its own, which the \
             outer map runs for each of its partitions",
        )
        .help(&format!(
            "move the inner loop into a dag, and call `for_each_{outer}({outer})` here:\n\
             #[dag]\nfn for_each_{outer}({outer}: …) -> … {{\n    \
             for {inner} in … {{ … }}\n}}"
        ))
}
