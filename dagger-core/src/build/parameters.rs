//! The states of a parameter in the builder of a call.

/// A parameter with its value.
pub struct Given<T>(pub T);

/// A parameter that is not set.
pub struct Missing;

/// A parameter of type `T` that has its value; `Name` is named like it.
#[diagnostic::on_unimplemented(
    message = "the parameter `{Name}` is not set",
    label = "`.{Name}(…)` comes before this",
    note = "parameters without a `#[default(…)]` have to be set"
)]
pub trait Parameter<T, Name> {
    /// The value.
    fn into_value(self) -> T;
}

impl<T, Name> Parameter<T, Name> for Given<T> {
    fn into_value(self) -> T {
        self.0
    }
}
