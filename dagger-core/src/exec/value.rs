//! Values between nodes.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use super::signature::Type;

/// A value that moves: its type is known to the step that made it and the one that takes it.
pub type Boxed = Box<dyn Any + Send>;

/// What a step reads, in the order its body expects.
pub type Values = Vec<Value>;

/// The same, one after another.
pub type IntoValues<'a> = std::vec::Drain<'a, Value>;

/// The content of a slot.
pub enum Value {
    /// Owned by the slot, and moved to its only reader, whose code takes it while it has the other
    /// values borrowed.
    Owned(Mutex<Option<Boxed>>),
    /// Shared by several readers, without a copy.
    Shared(Arc<dyn Any + Send + Sync>),
}

/// How a value becomes shared and, once its borrowers are done, owned again.
///
/// Only a slot that somebody borrows has one, so `Sync` is asked of nothing else.
pub struct Sharing {
    share: fn(Boxed) -> Arc<dyn Any + Send + Sync>,
    unshare: fn(Arc<dyn Any + Send + Sync>) -> Boxed,
}

impl Sharing {
    pub(crate) fn of<T: Send + Sync + 'static>() -> &'static Self {
        const {
            &Self {
                share: |boxed| Arc::new(unerase::<T>(boxed)),
                unshare: |shared| {
                    let shared = shared.downcast::<T>().unwrap_or_else(|_| mistyped::<T>());
                    let Some(value) = Arc::into_inner(shared) else {
                        unreachable!("a value was taken before its borrowers were done")
                    };
                    Box::new(value)
                },
            }
        }
    }

    /// Puts a value where several can read it.
    #[must_use]
    pub fn share(&self, value: Boxed) -> Value {
        Value::Shared((self.share)(value))
    }

    /// Takes a shared value back; the caller holds the last reference.
    #[must_use]
    pub fn unshare(&self, value: Arc<dyn Any + Send + Sync>) -> Value {
        Value::new((self.unshare)(value))
    }
}

impl Value {
    /// A value that moves.
    #[must_use]
    pub fn new(value: Boxed) -> Self {
        Self::Owned(Mutex::new(Some(value)))
    }

    /// Whether it is a value of this type that moves.
    pub fn moves_as(&mut self, ty: Type) -> bool {
        let Self::Owned(value) = self else { return false };
        let value = value.get_mut().unwrap_or_else(PoisonError::into_inner);
        value.as_ref().is_some_and(|value| ty.is_of(value))
    }

    /// The owned value of a slot of type `T`.
    pub(crate) fn into_owned<T: 'static>(self) -> T {
        unerase(self.into_boxed())
    }

    /// The owned value of a slot, whatever its type.
    ///
    /// # Panics
    ///
    /// If the slot is shared.
    #[must_use]
    pub fn into_boxed(self) -> Boxed {
        match self {
            Self::Owned(value) => {
                match value.into_inner().unwrap_or_else(PoisonError::into_inner) {
                    Some(value) => value,
                    None => unreachable!("a value is taken once"),
                }
            }
            Self::Shared(_) => unreachable!("a runtime hands a taker an owned value"),
        }
    }

    /// The shared value of a slot of type `T`.
    pub(crate) fn into_shared<T: Send + Sync + 'static>(self) -> Arc<T> {
        match self {
            Self::Shared(shared) => shared.downcast().unwrap_or_else(|_| mistyped::<T>()),
            Self::Owned(_) => unreachable!("a runtime hands a borrower a shared value"),
        }
    }
}

/// The value behind the box.
pub(crate) fn unerase<T: 'static>(boxed: Boxed) -> T {
    *boxed.downcast().unwrap_or_else(|_| mistyped::<T>())
}

/// Slots are typed by their handles, so this is a defect of the library.
fn mistyped<T>() -> ! {
    unreachable!("a slot does not hold a `{}`", std::any::type_name::<T>())
}
