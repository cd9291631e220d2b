//! Values that an argument mentions by value although its step only borrows them.

/// A by-value use of a borrowed `Copy` value, which rustc has proven to be one in the function.
///
/// Method lookup finds [`Copied`] first where the value is `Copy`, and [`NotCopied`] otherwise.
/// The latter type-checks for every type and is never reached, since such a program does not
/// compile: there, rustc's word on the function shall be the only one.
pub struct Duplicate<'a, T>(pub &'a T);

/// See [`Duplicate`].
pub trait Copied {
    /// The value's type.
    type Value;
    /// A copy.
    fn dagger_copy(&self) -> Self::Value;
}

impl<T: Copy> Copied for Duplicate<'_, T> {
    type Value = T;

    #[inline]
    fn dagger_copy(&self) -> T {
        *self.0
    }
}

/// See [`Duplicate`].
pub trait NotCopied {
    /// The value's type.
    type Value;
    /// Never reached.
    fn dagger_copy(&self) -> Self::Value;
}

impl<T> NotCopied for &Duplicate<'_, T> {
    type Value = T;

    fn dagger_copy(&self) -> T {
        unreachable!("rustc accepts a second use by value only where it is a copy")
    }
}

/// A value that generated code mentions as `value.__dagger_whole`: two tokens, which can be placed
/// at the two ends of the call that returns the value in the function.
#[expect(clippy::pub_underscore_fields)]
pub struct Held<T> {
    /// The value.
    pub __dagger_whole: T,
}

/// A value that a node reads when it runs, while an earlier node in the same argument list gets it
/// by value.
#[diagnostic::on_unimplemented(
    message = "a value is moved here that the call around it still reads",
    label = "this node runs first, and takes the value along",
    note = "the arguments of a node are evaluated when the node runs, after the nodes that are \
            called in them"
)]
pub trait OnlyCopied: Copy {}

#[diagnostic::do_not_recommend]
impl<T: Copy> OnlyCopied for T {}

/// A copy of a value that rustc would have let the function move.
#[inline]
pub fn only_copied<T: OnlyCopied>(value: &T) -> T {
    *value
}
