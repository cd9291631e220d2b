//! Parameters by reference of a dag.
//!
//! The nodes of a run outlive the call that starts it, so none of them can hold a plain `&T` of the
//! caller's. A parameter `&T` is therefore a [`Lent`]: the owner of the value, and the way from the
//! owner to what is borrowed. Nothing is copied, and the nodes of the dag run like any others.
//!
//! A body that calls such a dag shows which value an argument borrows from. The call itself gets the
//! reference, as rustc wants it; the [`Loan`] goes beside it, and only a dag looks at it.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::callee::{AsyncDag, AsyncTask, IsDag, KindOf, Link, Nested, NoNode, SyncDag, SyncTask};

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

/// An argument's owner, and the way from it to the argument.
pub struct Loan<O, T: ?Sized, F> {
    owner: O,
    project: F,
    target: PhantomData<fn() -> Box<T>>,
}

/// The type of a parameter, known before the closure that leads to it is checked: a `&String` then
/// becomes the `&str` that is wanted.
pub struct Target<T: ?Sized>(PhantomData<fn() -> Box<T>>);

/// Makes a loan. Nothing is asked of the types here: most loans go to tasks, which ignore them.
#[inline]
pub fn loan<O, T: ?Sized, F>(_: Target<T>, owner: O, project: F) -> Loan<O, T, F>
where
    F: Fn(&O) -> &T,
{
    Loan { owner, project, target: PhantomData }
}

/// A parameter by reference that has no loan yet.
pub struct Unlent;

/// A parameter by reference that has its loan.
pub struct IsLent;

/// Whether all parameters by reference have their loans.
#[diagnostic::on_unimplemented(
    message = "a parameter by reference of this dag is not a borrow of a node's output",
    label = "takes `&` of the output of a node, of a field of it, or of a parameter",
    note = "the run of a dag keeps alive what it borrows, so the body has to show what that is",
    note = "the partition of a map moves: take it by value in the dag that is mapped"
)]
pub trait AllLent {}

impl AllLent for () {}

#[diagnostic::do_not_recommend]
impl<R: AllLent> AllLent for (IsLent, R) {}

/// The parameter by reference of a dag with the index `I` in its signature; `S` are the states of
/// all of them.
pub trait Borrows<const I: usize, S>: IsDag {
    /// What is borrowed.
    type Target: ?Sized;
    /// The states with this one lent.
    type Next;
}

/// What becomes of a call's value when its argument `I` is lent.
pub trait Lend<V, const I: usize, O, T: ?Sized, F> {
    /// The value, which for a dag has the loan.
    type Output;

    /// Adds the loan.
    fn lend(value: V, loan: impl FnOnce(Target<T>) -> Loan<O, T, F>) -> Self::Output;
}

macro_rules! ignore_loans {
    ($($kind:ident),*) => {$(
        impl<V, const I: usize, O, T: ?Sized, F> Lend<V, I, O, T, F> for $kind {
            type Output = V;

            #[inline]
            fn lend(value: V, _: impl FnOnce(Target<T>) -> Loan<O, T, F>) -> V {
                value
            }
        }
    )*};
}

macro_rules! take_loans {
    ($($kind:ident),*) => {$(
        impl<N, S, const I: usize, O, F> Lend<Nested<N, S>, I, O, N::Target, F> for $kind
        where
            N: Borrows<I, S>,
            N::Target: 'static,
            O: Send + Sync + 'static,
            F: Fn(&O) -> &N::Target + Send + Sync + 'static,
        {
            type Output = Nested<N, N::Next>;

            fn lend(
                value: Nested<N, S>,
                loan: impl FnOnce(Target<N::Target>) -> Loan<O, N::Target, F>,
            ) -> Self::Output {
                let Loan { owner, project, .. } = loan(Target(PhantomData));
                value.with(I, Box::new(lent(owner, project)))
            }
        }
    )*};
}

ignore_loans!(SyncTask, AsyncTask, NoNode);
take_loans!(SyncDag, AsyncDag);

/// Lends the argument `I` of a call that returned `value`.
#[inline]
pub fn lend<const I: usize, L, V, O, T, F>(
    _: PhantomData<L>,
    value: V,
    loan: impl FnOnce(Target<T>) -> Loan<O, T, F>,
) -> <KindOf<L> as Lend<V, I, O, T, F>>::Output
where
    L: Link,
    T: ?Sized,
    KindOf<L>: Lend<V, I, O, T, F>,
{
    <KindOf<L> as Lend<V, I, O, T, F>>::lend(value, loan)
}
