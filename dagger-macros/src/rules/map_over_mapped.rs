//! `map-over-mapped`: between two maps stands a node that joins the partitions of the first.

use quote::ToTokens;

use crate::diagnostic::Rejection;
use crate::text::code;

/// `source` is the collection that another map fills; `joined` is the map over what a node makes of
/// it, and `both` is a dag of the two steps, where it can be written.
pub(crate) fn reject(source: &impl ToTokens, joined: &str, both: Option<&str>) -> Rejection {
    let text = code(source);
    Rejection::new(source, format!("cannot map over `{text}`, the partitions of another map"))
        .because(
            "map-over-mapped",
            "the second map would start when the first has finished anyway: either its step belongs \
             to the first map, or a node in between joins the partitions",
        )
        .help(&match both {
            Some(both) => format!(
                "map a dag of both steps, or join the partitions, as in the last line:\n\
                 {both}\n{joined}"
            ),
            None => format!("map a dag of both steps, or join the partitions:\n{joined}"),
        })
}
