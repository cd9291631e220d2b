//! The states of a parameter in the builder of a call.

/// A parameter with its value.
pub struct Given<T>(pub T);

/// A parameter that is not set.
pub struct Missing;
