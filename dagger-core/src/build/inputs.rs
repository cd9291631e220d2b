//! How the code of a node gets its values: typed, from slots that are not.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::exec::plan::Mode;
use crate::exec::value::{Sharing, Value};

/// A value of a run that does not exist yet: a parameter, or the output of a node.
///
/// A handle may be read by several nodes; who borrows and who takes decides [`Handle::by_ref`] and
/// [`Handle::take`].
pub struct Handle<T> {
    pub(crate) slot: usize,
    pub(crate) value: PhantomData<fn() -> T>,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> Handle<T> {
    pub(crate) fn new(slot: usize) -> Self {
        Self { slot, value: PhantomData }
    }

    /// The value itself. It waits until all who borrow it are done.
    #[must_use]
    pub fn take(self) -> Take<T> {
        Take(self)
    }

    /// The value, shared with other readers and never copied. `Sync` is asked of it only here, by
    /// the node that reads it.
    #[must_use]
    pub fn by_ref(self) -> ByRef<T> {
        ByRef(self)
    }
}

/// See [`Handle::take`].
pub struct Take<T>(Handle<T>);

/// See [`Handle::by_ref`].
pub struct ByRef<T>(Handle<T>);

/// One input.
pub trait Read: Send + Sync + 'static {
    /// What the code receives.
    type Value: 'static;
    /// How the slot is read.
    const MODE: Mode;

    /// The slot that is read.
    fn slot(&self) -> usize;
    /// How the slot's value is shared, for a reader that borrows.
    fn sharing() -> Option<Sharing>;
    /// Gives the value its type back.
    fn receive(value: Value) -> Self::Value;
}

impl<T: 'static> Read for Take<T> {
    type Value = T;
    const MODE: Mode = Mode::Take;

    fn slot(&self) -> usize {
        self.0.slot
    }

    fn sharing() -> Option<Sharing> {
        None
    }

    fn receive(value: Value) -> T {
        value.into_owned()
    }
}

impl<T: Send + Sync + 'static> Read for ByRef<T> {
    type Value = Arc<T>;
    const MODE: Mode = Mode::Borrow;

    fn slot(&self) -> usize {
        self.0.slot
    }

    fn sharing() -> Option<Sharing> {
        Some(Sharing::of::<T>())
    }

    fn receive(value: Value) -> Arc<T> {
        value.into_shared()
    }
}

/// The inputs of a node: a list of [`Read`]s as nested pairs, `(a, (b, ()))`.
pub trait Inputs: Send + Sync + 'static {
    /// What the code receives: nested pairs of values.
    ///
    /// That they can be sent was asked of the node that made them, and is not asked again.
    type Values: 'static;

    /// Lists the slots that are read.
    fn wire(&self, visit: &mut dyn FnMut(usize, Mode, Option<Sharing>));
    /// Gives the values their types back; they come in the order of `wire`.
    fn receive(values: &mut std::vec::IntoIter<Value>) -> Self::Values;
}

impl Inputs for () {
    type Values = ();

    fn wire(&self, _: &mut dyn FnMut(usize, Mode, Option<Sharing>)) {}

    fn receive(_: &mut std::vec::IntoIter<Value>) {}
}

impl<H: Read, R: Inputs> Inputs for (H, R) {
    type Values = (H::Value, R::Values);

    fn wire(&self, visit: &mut dyn FnMut(usize, Mode, Option<Sharing>)) {
        visit(self.0.slot(), H::MODE, H::sharing());
        self.1.wire(visit);
    }

    fn receive(values: &mut std::vec::IntoIter<Value>) -> Self::Values {
        let Some(first) = values.next() else {
            unreachable!("a runtime hands a step all of its inputs")
        };
        (H::receive(first), R::receive(values))
    }
}

/// The parts that a value is taken apart into: nested pairs again.
pub trait Parts {
    /// A handle for each part, in nested pairs.
    type Handles;

    /// Opens a slot for each part.
    fn open(next: &mut dyn FnMut() -> usize) -> Self::Handles;
    /// The parts, in order.
    fn store(self, parts: &mut Vec<crate::exec::value::Boxed>);
}

impl Parts for () {
    type Handles = ();

    fn open(_: &mut dyn FnMut() -> usize) {}

    fn store(self, _: &mut Vec<crate::exec::value::Boxed>) {}
}

impl<T: Send + 'static, R: Parts> Parts for (T, R) {
    type Handles = (Handle<T>, R::Handles);

    fn open(next: &mut dyn FnMut() -> usize) -> Self::Handles {
        (Handle::new(next()), R::open(next))
    }

    fn store(self, parts: &mut Vec<crate::exec::value::Boxed>) {
        parts.push(Box::new(self.0));
        self.1.store(parts);
    }
}

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
