//! What a parameter by reference takes, where the dag is known by its names only.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::exec::signature::{Instead, Signature, Type};
use crate::exec::value::{Boxed, unerase};
use crate::lend::Share;

/// What a parameter `&T` can be by its name: a `T`, an `Arc<T>` or a `&'static T`; a `String` for a
/// `str`, a `Vec<T>` for a `[T]`.
pub trait Owned {
    /// The types, and how a [`Lent`](crate::lend::Lent) is made of their values.
    #[doc(hidden)]
    const OWNERS: &'static [Instead];
}

/// Values of type `O` in place of a `Lent<T>`.
const fn owner<O: Share<T> + 'static, T: ?Sized + 'static>() -> Instead {
    fn convert<O: Share<T> + 'static, T: ?Sized + 'static>(value: Boxed) -> Boxed {
        Box::new(unerase::<O>(value).share())
    }
    Instead { ty: Type::of::<O>, convert: convert::<O, T> }
}

impl<T: Send + Sync + 'static> Owned for T {
    const OWNERS: &'static [Instead] =
        &[owner::<T, T>(), owner::<Arc<T>, T>(), owner::<&'static T, T>()];
}

impl<T: Send + Sync + 'static> Owned for [T] {
    const OWNERS: &'static [Instead] =
        &[owner::<Vec<T>, [T]>(), owner::<Arc<[T]>, [T]>(), owner::<&'static [T], [T]>()];
}

impl Owned for str {
    const OWNERS: &'static [Instead] =
        &[owner::<String, str>(), owner::<Arc<str>, str>(), owner::<&'static str, str>()];
}

/// For generated code, which does not know what there is to know of a type: of the traits below, the
/// first that holds gives the `list` of `&&&Owners::<T>::of()`.
pub struct Owners<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Owners<T> {
    /// Those of `T`.
    #[must_use]
    pub const fn of() -> Self {
        Self(PhantomData)
    }
}

/// See [`Owners`]: of a type that is [`Owned`].
pub trait ListOwned {
    /// The types, and how a [`Lent`](crate::lend::Lent) is made of their values.
    fn list(&self) -> &'static [Instead];
}

/// See [`Owners`]: of another type that can be shared, a `dyn Trait` for instance.
pub trait ListShared {
    /// The types, and how a [`Lent`](crate::lend::Lent) is made of their values.
    fn list(&self) -> &'static [Instead];
}

/// See [`Owners`]: of a type that rustc refuses elsewhere.
pub trait ListNone {
    /// Nothing.
    fn list(&self) -> &'static [Instead];
}

impl<T: Owned + ?Sized> ListOwned for &&Owners<T> {
    fn list(&self) -> &'static [Instead] {
        T::OWNERS
    }
}

impl<T: ?Sized + Send + Sync + 'static> ListShared for &Owners<T> {
    fn list(&self) -> &'static [Instead] {
        const { &[owner::<Arc<T>, T>(), owner::<&'static T, T>()] }
    }
}

impl<T: ?Sized> ListNone for Owners<T> {
    fn list(&self) -> &'static [Instead] {
        &[]
    }
}

impl Signature {
    /// Lets the last parameter, a `Lent<T>`, take the owners of a `T`.
    pub(crate) fn takes_owners_of<T: Owned + ?Sized>(&mut self) {
        self.takes(T::OWNERS);
    }

    pub(crate) fn takes(&mut self, owners: &'static [Instead]) {
        if let Some(parameter) = self.parameters.last_mut() {
            parameter.instead = owners;
        }
    }
}
