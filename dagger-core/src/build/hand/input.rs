//! What a node can read: a value that moves, a borrow, a copy, a partition, a constant, an expression.

use std::marker::PhantomData;
use std::sync::Arc;

use super::handle::{Found, Handle, Label, Lends, Place};
use super::reads::{Read, Reads, Shape};
use super::source::{self, All, At, Moved, Same, Source};
use crate::exec::plan::Mode;
use crate::exec::signature::Type;
use crate::exec::value::{Boxed, IntoValues, Sharing, Value};
use crate::lend;

/// An input of a node that runs once.
///
/// See [`Handle`] for what can be read of a value; [`constant`](super::constant),
/// [`expression`](super::expression) and [`gather`](super::gather) are inputs as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an input of a node",
    label = "takes a handle, `x.by_ref()`, `x.copied()`, `constant(2)` and the like",
    note = "`x.each()` and `x.each_ref()` are inputs of a map: `dag.map(…)`"
)]
pub trait Input: Send + Sync + 'static {
    /// What the node keeps while it runs.
    #[doc(hidden)]
    type Held: Send + 'static;
    /// What the task gets.
    type Argument<'a>;

    #[doc(hidden)]
    fn read(&self, reads: &mut Reads);
    #[doc(hidden)]
    fn receive(&self, values: &mut IntoValues<'_>) -> Self::Held;
    #[doc(hidden)]
    fn argument<'a>(&'a self, held: &'a mut Self::Held) -> Self::Argument<'a>;
    /// The type of `boxed`.
    #[doc(hidden)]
    fn boxed_type(&self) -> Type;
    /// The argument, as a parameter of a nested dag.
    #[doc(hidden)]
    fn boxed(&self, held: &mut Self::Held) -> Boxed;
}

/// An input of a map: the same for all partitions, or the partition.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an input of a map",
    label = "takes `x.each()`, `x.by_ref()`, `x.copied()`, `x.cloned()`, `constant(2)` and the like",
    note = "a map runs its task for every partition, so that none of them can take a value along"
)]
pub trait MapInput: Send + Sync + 'static {
    /// What the partitions come from.
    #[doc(hidden)]
    type Source: Source;
    /// What all partitions share.
    #[doc(hidden)]
    type Shared: Clone + Send + Sync + 'static;
    /// What the task gets.
    type Argument<'a>;

    #[doc(hidden)]
    fn read(&self, reads: &mut Reads);
    #[doc(hidden)]
    fn receive(&self, values: &mut IntoValues<'_>) -> (Option<Collection<Self>>, Self::Shared);
    #[doc(hidden)]
    fn argument<'a>(
        &'a self,
        shared: &'a Self::Shared,
        item: Option<Item<'a, Self>>,
    ) -> Self::Argument<'a>;
    /// The type of `boxed`; `None` where a dag cannot have it as a parameter.
    #[doc(hidden)]
    fn boxed_type(&self) -> Option<Type>;
    /// The argument, as a parameter of a nested dag.
    #[doc(hidden)]
    fn boxed<'a>(&'a self, shared: &'a Self::Shared, item: Option<Item<'a, Self>>) -> Boxed;
}

pub(super) type Collection<I> = <<I as MapInput>::Source as Source>::Collection;
pub(super) type Item<'a, I> = <<I as MapInput>::Source as Source>::Item<'a>;

/// The next value of a step, which gets those that it reads, in order.
pub(super) fn next(values: &mut IntoValues<'_>) -> Value {
    let Some(value) = values.next() else {
        unreachable!("a runtime hands a step all of its inputs")
    };
    value
}

/// A partition of a map that has one source.
fn partition<T>(item: Option<T>) -> T {
    let Some(item) = item else { unreachable!("a map over two values has no graph") };
    item
}

impl<T: Send + 'static> Input for Handle<T> {
    type Held = Option<T>;
    type Argument<'a> = T;

    fn read(&self, reads: &mut Reads) {
        reads.value(Read {
            raw: self.raw,
            label: Label::Whole,
            mode: Mode::Take,
            sharing: None,
            each: false,
        });
    }

    fn receive(&self, values: &mut IntoValues<'_>) -> Option<T> {
        Some(next(values).into_owned())
    }

    fn argument<'a>(&'a self, held: &'a mut Option<T>) -> T {
        let Some(value) = held.take() else { unreachable!("a node makes its call once") };
        value
    }

    fn boxed_type(&self) -> Type {
        Type::of::<T>()
    }

    fn boxed(&self, held: &mut Option<T>) -> Boxed {
        Box::new(self.argument(held))
    }
}

/// A borrow: see [`Handle::by_ref`].
pub struct ByRef<S: Place, U: ?Sized> {
    place: S,
    lend: fn(&S::Target) -> &U,
}

/// A copy: see [`Handle::copied`].
pub struct Copied<S>(pub(super) S);

/// A clone: see [`Handle::cloned`].
pub struct Cloned<S>(pub(super) S);

impl<S: Place, U: ?Sized> ByRef<S, U> {
    pub(super) fn new(place: S) -> Self
    where
        S::Target: Lends<U>,
    {
        Self { place, lend: Lends::lend }
    }
}

fn read_place<S: Place>(place: &S, each: bool, reads: &mut Reads) {
    let Found { raw, label } = place.found();
    let sharing = Some(Sharing::of::<S::Owner>());
    let shape = match &label {
        Label::View(text) if !each => Shape::Expression(text.clone()),
        _ => Shape::Value,
    };
    reads.push(Read { raw, label, mode: Mode::Borrow, sharing, each }, shape);
}

/// Inputs that read a shared value, which all partitions of a map may do.
macro_rules! shared_input {
    (
        [$($generic:tt)*] $input:ty, $place:ident => $argument:ty,
        |$self:ident, $owner:ident| $value:expr, $boxed_type:ty, $boxed:expr
    ) => {
        impl<$($generic)*> Input for $input {
            type Held = Arc<$place::Owner>;
            type Argument<'a> = $argument;

            fn read(&self, reads: &mut Reads) {
                read_place(self.place(), false, reads);
            }

            fn receive(&self, values: &mut IntoValues<'_>) -> Self::Held {
                next(values).into_shared()
            }

            fn argument<'a>(&'a self, held: &'a mut Self::Held) -> $argument {
                let ($self, $owner) = (self, &*held);
                $value
            }

            fn boxed_type(&self) -> Type {
                Type::of::<$boxed_type>()
            }

            fn boxed(&self, held: &mut Self::Held) -> Boxed {
                let ($self, $owner) = (self, &*held);
                $boxed
            }
        }

        impl<$($generic)*> MapInput for $input {
            type Source = Same;
            type Shared = Arc<$place::Owner>;
            type Argument<'a> = $argument;

            fn read(&self, reads: &mut Reads) {
                read_place(self.place(), false, reads);
            }

            fn receive(&self, values: &mut IntoValues<'_>) -> (Option<()>, Self::Shared) {
                (None, next(values).into_shared())
            }

            fn argument<'a>(&'a self, $owner: &'a Self::Shared, _: Option<()>) -> $argument {
                let $self = self;
                $value
            }

            fn boxed_type(&self) -> Option<Type> {
                Some(Type::of::<$boxed_type>())
            }

            fn boxed<'a>(&'a self, $owner: &'a Self::Shared, _: Option<()>) -> Boxed {
                let $self = self;
                $boxed
            }
        }
    };
}

impl<S: Place, U: ?Sized> ByRef<S, U> {
    fn place(&self) -> &S {
        &self.place
    }
}

impl<S: Place> Copied<S> {
    fn place(&self) -> &S {
        &self.0
    }
}

impl<S: Place> Cloned<S> {
    fn place(&self) -> &S {
        &self.0
    }
}

shared_input! {
    [S: Place, U: ?Sized + 'static] ByRef<S, U>, S => &'a U,
    |this, owner| (this.lend)(this.place.place(owner)),
    lend::Lent<U>, {
        let (place, lend) = (this.place.clone(), this.lend);
        let owner = Arc::clone(owner);
        Box::new(lend::lent(owner, move |owner: &Arc<S::Owner>| lend(place.place(owner))))
    }
}

shared_input! {
    [S: Place<Target: Copy + Send + 'static>] Copied<S>, S => S::Target,
    |this, owner| *this.0.place(owner),
    S::Target, Box::new(*this.0.place(owner))
}

shared_input! {
    [S: Place<Target: Clone + Send + 'static>] Cloned<S>, S => S::Target,
    |this, owner| this.0.place(owner).clone(),
    S::Target, Box::new(this.0.place(owner).clone())
}

/// A partition that moves out of a value: see [`Handle::each`].
pub struct Each<T>(pub(super) Handle<T>);

impl<T> MapInput for Each<T>
where
    T: IntoIterator<Item: Send, IntoIter: Send + 'static> + Send + 'static,
{
    type Source = Moved<T>;
    type Shared = ();
    type Argument<'a> = T::Item;

    fn read(&self, reads: &mut Reads) {
        reads.value(Read {
            raw: self.0.raw,
            label: Label::Whole,
            mode: Mode::Take,
            sharing: None,
            each: true,
        });
    }

    fn receive(&self, values: &mut IntoValues<'_>) -> (Option<All<T>>, ()) {
        (Some(All::in_slot(next(values))), ())
    }

    fn argument<'a>(&'a self, (): &'a (), item: Option<T::Item>) -> T::Item {
        partition(item)
    }

    fn boxed_type(&self) -> Option<Type> {
        Some(Type::of::<T::Item>())
    }

    fn boxed<'a>(&'a self, (): &'a (), item: Option<T::Item>) -> Boxed {
        Box::new(partition(item))
    }
}

/// A partition of a value that is only borrowed: see [`Handle::each_ref`].
pub struct EachRef<S, I, U: ?Sized> {
    place: S,
    target: PhantomData<fn() -> (I, Box<U>)>,
}

impl<S, I, U: ?Sized> EachRef<S, I, U> {
    pub(super) fn new(place: S) -> Self {
        Self { place, target: PhantomData }
    }
}

impl<S, I, U> MapInput for EachRef<S, I, U>
where
    S: Place<Target: Sized>,
    for<'a> &'a S::Target: IntoIterator<Item = &'a I, IntoIter: Send>,
    I: Lends<U> + Sync + 'static,
    U: ?Sized + Sync + 'static,
{
    type Source = source::Lent<S, I, U>;
    type Shared = ();
    type Argument<'a> = &'a U;

    fn read(&self, reads: &mut Reads) {
        read_place(&self.place, true, reads);
    }

    fn receive(&self, values: &mut IntoValues<'_>) -> (Option<At<S>>, ()) {
        (Some(At { place: self.place.clone(), owner: next(values).into_shared() }), ())
    }

    fn argument<'a>(&'a self, (): &'a (), item: Option<&'a U>) -> &'a U {
        partition(item)
    }

    fn boxed_type(&self) -> Option<Type> {
        None
    }

    fn boxed<'a>(&'a self, (): &'a (), _: Option<&'a U>) -> Boxed {
        unreachable!("a dag that is mapped takes its partition by value")
    }
}
