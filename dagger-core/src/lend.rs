//! Parameters by reference of a dag.
//!
//! The nodes of a run outlive the call that starts it, so none of them can hold a plain `&T` of the
//! caller's. A parameter `&T` is therefore a [`Lent`]: the owner of the value, and the way from the
//! owner to what is borrowed. Nothing is copied, and the nodes of the dag run like any others.
//!
//! A body that calls such a dag shows which value an argument borrows from. The call itself gets the
//! reference, as rustc wants it; beside it goes a list of the arguments' owners, [`Whole`] or in
//! [`Part`], which only a dag looks at. The list is cheap to check, as most calls are those of tasks.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::build::code::{Borrowed, Shared};
use crate::callee::{
    AsyncDag, AsyncTask, IsDag, Judged, Labelled, Nested, NoNode, Repeated, SyncDag, SyncTask,
    Unlent,
};
use crate::exec::value::Boxed;

/// A borrow that keeps alive what it borrows from. A clone shares it.
pub struct Lent<T: ?Sized>(Arc<dyn Get<T>>);

impl<T: ?Sized> Clone for Lent<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> Lent<T> {
    /// The value.
    #[must_use]
    pub fn get(&self) -> &T {
        self.0.get()
    }
}

trait Get<T: ?Sized>: Send + Sync {
    fn get(&self) -> &T;
}

impl<O, F, T: ?Sized> Get<T> for (O, F)
where
    O: Send + Sync,
    F: Fn(&O) -> &T + Send + Sync,
{
    fn get(&self) -> &T {
        (self.1)(&self.0)
    }
}

/// What can be handed to a dag as its parameter `&T`: a `T`, an `Arc<T>` or a `&'static T`; for
/// `&str` also a `String`, for `&[T]` also a `Vec<T>`.
///
/// A local cannot be borrowed, since the run may outlive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be handed to a dag as its parameter `&{T}`",
    label = "takes `{T}`, `Arc<{T}>` or `&'static {T}`",
    note = "a `String` will do for a `&str`, a `Vec<T>` for a `&[T]`"
)]
pub trait Share<T: ?Sized> {
    /// The value with its owner.
    fn share(self) -> Lent<T>;
}

pub(crate) fn lent<T: ?Sized, O, F>(owner: O, project: F) -> Lent<T>
where
    O: Send + Sync + 'static,
    F: Fn(&O) -> &T + Send + Sync + 'static,
{
    Lent(Arc::new((owner, project)))
}

impl<T: Send + Sync + 'static> Share<T> for T {
    fn share(self) -> Lent<T> {
        lent(self, |value| value)
    }
}

impl<T: ?Sized + Send + Sync + 'static> Share<T> for Arc<T> {
    fn share(self) -> Lent<T> {
        lent(self, |value: &Self| &**value)
    }
}

impl<T: ?Sized + Sync + 'static> Share<T> for &'static T {
    fn share(self) -> Lent<T> {
        lent(self, |value| *value)
    }
}

impl<T: Sync + 'static, const N: usize> Share<[T]> for &'static [T; N] {
    fn share(self) -> Lent<[T]> {
        lent(self, |values: &Self| values.as_slice())
    }
}

impl<T: ?Sized> Share<T> for Lent<T> {
    fn share(self) -> Lent<T> {
        self
    }
}

impl Share<str> for String {
    fn share(self) -> Lent<str> {
        lent(self, String::as_str)
    }
}

impl<T: Send + Sync + 'static> Share<[T]> for Vec<T> {
    fn share(self) -> Lent<[T]> {
        lent(self, Vec::as_slice)
    }
}

/// Who keeps a value alive that an argument borrows from, as the code of a step has it.
pub trait Owner {
    /// The same, for as long as it takes.
    type Kept;

    /// Keeps the value.
    fn keep(self) -> Self::Kept;
}

/// A value that the step owns.
pub struct Owned<T>(pub T);

impl<T> Owner for &Shared<T> {
    type Kept = Shared<T>;

    fn keep(self) -> Shared<T> {
        self.clone()
    }
}

impl<T> Owner for Borrowed<'_, T> {
    type Kept = Shared<T>;

    fn keep(self) -> Shared<T> {
        self.share()
    }
}

impl<T: ?Sized> Owner for &Lent<T> {
    type Kept = Lent<T>;

    fn keep(self) -> Lent<T> {
        self.clone()
    }
}

impl<T> Owner for Owned<T> {
    type Kept = Self;

    fn keep(self) -> Self {
        self
    }
}

impl Owner for () {
    type Kept = ();

    fn keep(self) {}
}

impl<A: Owner, B: Owner> Owner for (A, B) {
    type Kept = (A::Kept, B::Kept);

    fn keep(self) -> Self::Kept {
        (self.0.keep(), self.1.keep())
    }
}

/// A kept value.
pub trait Holds {
    /// Its type.
    type Value: ?Sized;

    /// The value.
    fn value(&self) -> &Self::Value;
}

impl<T: 'static> Holds for Shared<T> {
    type Value = T;

    fn value(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Holds for Lent<T> {
    type Value = T;

    fn value(&self) -> &T {
        self.get()
    }
}

impl<T> Holds for Owned<T> {
    type Value = T;

    fn value(&self) -> &T {
        &self.0
    }
}

/// The argument `&x`: the owner of `x`.
pub struct Whole<O>(pub O);

/// Any other borrow: the owner of what it is of, and the way from there.
pub struct Part<O, F, T: ?Sized> {
    owner: O,
    project: F,
    target: PhantomData<fn() -> Box<T>>,
}

/// See [`Part`]. Nothing is asked of the types here: most calls are those of tasks.
#[inline]
pub fn part<O: Owner, F, T: ?Sized>(owner: O, project: F) -> Part<O, F, T>
where
    F: Fn(&O::Kept) -> &T,
{
    Part { owner, project, target: PhantomData }
}

/// What a borrow of `Self` can stand for: Rust's coercions of references, as far as the standard
/// library has them.
pub trait Coerces<T: ?Sized> {
    /// The same place.
    fn coerce(&self) -> &T;
}

impl<T: ?Sized> Coerces<T> for T {
    fn coerce(&self) -> &T {
        self
    }
}

macro_rules! coerces {
    ($($from:ty => $to:ty),*) => {$(
        impl Coerces<$to> for $from {
            fn coerce(&self) -> &$to {
                self
            }
        }
    )*};
}

coerces!(String => str, PathBuf => Path, OsString => OsStr, CString => CStr);

impl<T> Coerces<[T]> for Vec<T> {
    fn coerce(&self) -> &[T] {
        self
    }
}

impl<T, const N: usize> Coerces<[T]> for [T; N] {
    fn coerce(&self) -> &[T] {
        self
    }
}

impl<T: ?Sized> Coerces<T> for Box<T> {
    fn coerce(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Coerces<T> for Arc<T> {
    fn coerce(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Coerces<T> for &T {
    fn coerce(&self) -> &T {
        self
    }
}

/// An argument that can be lent to a dag as its parameter `&T`.
#[diagnostic::on_unimplemented(
    message = "a parameter by reference of this dag is not a borrow of a node's output",
    label = "takes `&` of the output of a node, of a field of it, or of a parameter",
    note = "the run of a dag keeps alive what it borrows, so the body has to show what that is"
)]
pub trait LendsTo<T: ?Sized> {
    /// The argument with its owner.
    fn lend(self) -> Lent<T>;
}

/// An argument that borrows from nothing that a run could keep, or is no borrow at all.
pub struct NotLent;

/// An argument of a map's call that reads the partition, by value or by reference.
pub struct Partition;

/// Nothing that reads a partition can be lent: this only says so.
#[diagnostic::on_unimplemented(
    message = "the partition of a map cannot be lent to a dag as its parameter `&{T}`",
    label = "the partition of a map moves: take it by value in the dag that is mapped",
    note = "that is a `String` instead of a `&str`, a `Vec<T>` instead of a `&[T]`; where the map borrows its \
            partitions, it passes on a clone: `process(item.clone())`"
)]
pub trait LendsPartition<T: ?Sized> {}

impl<T: ?Sized> LendsTo<T> for Partition
where
    Self: LendsPartition<T>,
{
    fn lend(self) -> Lent<T> {
        unreachable!("the program does not compile")
    }
}

#[diagnostic::do_not_recommend]
impl<O, T> LendsTo<T> for Whole<O>
where
    O: Owner<Kept: Holds<Value: Coerces<T>> + Send + Sync + 'static>,
    T: ?Sized + 'static,
{
    fn lend(self) -> Lent<T> {
        lent(self.0.keep(), |kept: &O::Kept| kept.value().coerce())
    }
}

#[diagnostic::do_not_recommend]
impl<O, F, U, T> LendsTo<T> for Part<O, F, U>
where
    O: Owner<Kept: Send + Sync + 'static>,
    F: Fn(&O::Kept) -> &U + Send + Sync + 'static,
    U: ?Sized + Coerces<T> + 'static,
    T: ?Sized + 'static,
{
    fn lend(self) -> Lent<T> {
        let Self { owner, project, .. } = self;
        lent(owner.keep(), move |kept: &O::Kept| project(kept).coerce())
    }
}

/// A parameter of a dag by value, in the list of its parameters.
pub struct Moves;

/// A parameter `&T`, in the list of a dag's parameters.
pub struct Lends<T: ?Sized>(PhantomData<fn() -> Box<T>>);

/// The owners of a call's arguments, as nested pairs that may end before the last argument.
pub trait OwnerList {
    /// The owner of the first; [`NotLent`] behind the end.
    type First;
    /// Those of the others.
    type Rest;

    /// Takes the first off.
    fn split(self) -> (Self::First, Self::Rest);
}

impl OwnerList for () {
    type First = NotLent;
    type Rest = ();

    fn split(self) -> (NotLent, ()) {
        (NotLent, ())
    }
}

impl<X, O> OwnerList for (X, O) {
    type First = X;
    type Rest = O;

    fn split(self) -> (X, O) {
        self
    }
}

/// The parameters of a dag as nested pairs, and the owners of what is lent to them.
///
/// One implementation for each kind of parameter, so that no part of a call decides for rustc what
/// the owners are: an error is about them then.
pub trait LendAll<O> {
    /// Puts the parameters that are lent into their places.
    fn lend_all(owners: O, places: &mut std::slice::IterMut<'_, Option<Boxed>>);
}

impl<O> LendAll<O> for () {
    fn lend_all(_: O, _: &mut std::slice::IterMut<'_, Option<Boxed>>) {}
}

impl<O: OwnerList, P: LendAll<O::Rest>> LendAll<O> for (Moves, P) {
    fn lend_all(owners: O, places: &mut std::slice::IterMut<'_, Option<Boxed>>) {
        places.next();
        P::lend_all(owners.split().1, places);
    }
}

impl<T, O, P> LendAll<O> for (Lends<T>, P)
where
    T: ?Sized + 'static,
    O: OwnerList<First: LendsTo<T>>,
    P: LendAll<O::Rest>,
{
    fn lend_all(owners: O, places: &mut std::slice::IterMut<'_, Option<Boxed>>) {
        let (owner, owners) = owners.split();
        if let Some(place) = places.next() {
            *place = Some(Box::new(owner.lend()));
        }
        P::lend_all(owners, places);
    }
}

/// What becomes of the value `V` that a call returned, with the owners `O` of its arguments, for a
/// callee of this kind.
pub trait Lend<N: ?Sized, V, O> {
    /// A nested call with all of its parameters, for a dag.
    type Output;

    /// Adds what is lent.
    fn lend(value: V, owners: O) -> Self::Output;
}

macro_rules! ignore_owners {
    ($($kind:ty $(, of $inner:ident $(with $flag:ident)?)?;)*) => {$(
        impl<N: ?Sized, V, O $(, $inner $(, const $flag: bool)?)?> Lend<N, V, O> for $kind {
            type Output = V;

            #[inline]
            fn lend(value: V, _: O) -> V {
                value
            }
        }
    )*};
}

macro_rules! lend_to {
    ($($kind:ident),*) => {$(
        impl<N: IsDag<Parameters: LendAll<O>>, O> Lend<N, Unlent<N>, O> for $kind {
            type Output = Nested<N>;

            fn lend(value: Unlent<N>, owners: O) -> Nested<N> {
                let mut parameters = value.parameters;
                N::Parameters::lend_all(owners, &mut parameters.iter_mut());
                Nested::new(parameters.into_iter().flatten().collect())
            }
        }
    )*};
}

ignore_owners! {
    SyncTask;
    AsyncTask;
    NoNode;
    Labelled<K>, of K;
    Repeated<K>, of K;
    Judged<K, IS_RESULT>, of K with IS_RESULT;
}

lend_to!(SyncDag, AsyncDag);
