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
    let legal =
        |c: char| c.is_ascii_alphanumeric() || c == '-' || (kind == Kind::Value && c == '_');
    let starts_well = match kind {
        Kind::Node => name.starts_with(|c: char| c.is_ascii_alphanumeric()),
        Kind::Value => !name.is_empty(),
    };
    starts_well && name.len() <= MAX_LEN && name.chars().all(legal)
}

/// The node name of a function: `raise_number` becomes `raise-number`.
///
/// Leading underscores are dropped, since a name starts with a letter or a digit.
#[must_use]
pub fn of_function(function: &str) -> String {
    function.trim_start_matches('_').replace('_', "-")
}
