//! The names of a graph and the rules they follow.
//!
//! Nodes are named `[a-zA-Z0-9][a-zA-Z0-9-]*`; parameters, inputs and outputs may use `_` as well.
//! No name is longer than [`MAX_LEN`] characters.

/// The longest name, in characters.
pub const MAX_LEN: usize = 64;

/// What a name names, which decides the characters it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A dag or one of its nodes: letters, digits and `-`.
    Node,
    /// A parameter, an input or an output: letters, digits, `-` and `_`.
    Value,
}

/// Whether `name` is a legal name of its kind.
///
/// # Examples
///
/// ```
/// use dagger_core::name::{Kind, is_valid};
///
/// assert!(is_valid(Kind::Node, "raise-number-1"));
/// assert!(!is_valid(Kind::Node, "raise_number"));
/// assert!(is_valid(Kind::Value, "return_value"));
/// assert!(!is_valid(Kind::Value, ""));
/// ```
#[must_use]
pub fn is_valid(kind: Kind, name: &str) -> bool {
    // What is legal is ASCII, so that bytes are characters.
    let legal =
        |c: u8| c.is_ascii_alphanumeric() || c == b'-' || (kind == Kind::Value && c == b'_');
    let starts_well = match name.as_bytes() {
        [first, ..] => kind == Kind::Value || first.is_ascii_alphanumeric(),
        [] => false,
    };
    starts_well && name.len() <= MAX_LEN && name.bytes().all(legal)
}

/// The node name of a function: `raise_number` becomes `raise-number`.
///
/// Leading underscores are dropped, since a name starts with a letter or a digit.
#[must_use]
pub fn of_function(function: &str) -> String {
    function.trim_start_matches('_').replace('_', "-")
}
