//! `map-over-mapped`: between two maps stands a node that joins the partitions of the first.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

/// `source` is the collection that another map fills.
pub(crate) fn reject(source: &impl ToTokens) -> Rejection {
    let text = code(source);
    Rejection::new(source, format!("cannot map over `{text}`, the partitions of another map"))
        .because(
            "map-over-mapped",
            "the second map would start when the first has finished anyway: either its step belongs \
             to the first map, or a node in between joins the partitions",
        )
        .help(&format!(
            "put both steps into one dag and map that, or join them: `dagger::identity({text})`"
        ))
}
