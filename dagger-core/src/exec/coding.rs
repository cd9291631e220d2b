//! How values of a graph are written and read, for those who know them by their slots only.

use std::any::Any;
use std::fmt;
use std::io::{Read, Write};
use std::marker::PhantomData;

use super::signature::Type;
use super::value::Boxed;
use crate::error::BoxError;
use crate::lend::{self, Lent, Share};
use crate::serializer::Serializer;

/// How values of one type are written and read.
#[derive(Clone, Copy)]
pub struct Codec {
    /// Writes a value of that type.
    pub write: fn(&dyn Any, &mut dyn Write) -> Result<(), BoxError>,
    /// Reads one.
    pub read: fn(&mut dyn Read) -> Result<Boxed, BoxError>,
}

/// The type of a value with its codec, if its serializer has one for it.
#[derive(Clone, Copy)]
pub struct Coding {
    /// The type.
    pub ty: Type,
    /// The serializer, which is a type as well.
    pub serializer: Type,
    /// The codec.
    pub codec: Option<Codec>,
}

impl Coding {
    /// The codec.
    ///
    /// # Errors
    ///
    /// If the type has none.
    pub fn codec(&self) -> Result<Codec, NoCodec> {
        self.codec.ok_or(NoCodec { ty: self.ty, serializer: self.serializer })
    }
}

/// Why a value cannot leave its process.
#[derive(Clone, Copy)]
pub struct NoCodec {
    /// Its type.
    pub ty: Type,
    /// The serializer that is not one for this type.
    pub serializer: Type,
}

impl fmt::Display for NoCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ty, serializer } = self;
        write!(f, "`{ty}` cannot cross from process to process: `{serializer}` ")?;
        if serializer.is_of_library() {
            write!(f, "takes what is `Serialize` and `DeserializeOwned`, with serde's `derive`")
        } else {
            write!(f, "is no `Serializer<{ty}>`")
        }
    }
}

/// For generated code, which does not know what there is to know of a type: of the traits below, the
/// first that holds gives the `coding` of `&&&Probe::<S, T>::new()`.
pub struct Probe<S, T: ?Sized>(PhantomData<fn() -> (S, Box<T>)>);

impl<S, T: ?Sized> Probe<S, T> {
    /// Of values of type `T` with the serializer `S`.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S, T: ?Sized> Default for Probe<S, T> {
    fn default() -> Self {
        Self::new()
    }
}

/// See [`Probe`]: of a value that its serializer knows.
pub trait HasCodec {
    /// The type, with the codec.
    fn coding(&self) -> Coding;
}

/// See [`Probe`]: of a borrow, whose owner the serializer knows.
pub trait HasCodecOfOwner {
    /// The type of the owner, with the codec of the borrow.
    fn coding(&self) -> Coding;
}

/// See [`Probe`]: of any other value.
pub trait HasNoCodec {
    /// The type.
    fn coding(&self) -> Coding;
}

impl<S: Serializer<T>, T: Send + 'static> HasCodec for &&Probe<S, T> {
    fn coding(&self) -> Coding {
        coding_of::<S, T>()
    }
}

impl<S, T> HasCodecOfOwner for &Probe<S, Lent<T>>
where
    S: Serializer<T::Owner>,
    T: Ownable + ?Sized + 'static,
{
    fn coding(&self) -> Coding {
        let codec = Codec {
            write: |value, to| {
                let mut written = Ok(());
                downcast::<Lent<T>>(value)
                    .get()
                    .with_owner(&mut |owner| written = S::write(owner, to));
                written
            },
            read: |from| {
                let owner = T::lend(S::read(from)?);
                Ok(Box::new(owner))
            },
        };
        Coding { ty: Type::of::<T::Owner>(), serializer: Type::of::<S>(), codec: Some(codec) }
    }
}

impl<S: 'static, T: 'static> HasNoCodec for Probe<S, T> {
    fn coding(&self) -> Coding {
        Coding { ty: Type::of::<T>(), serializer: Type::of::<S>(), codec: None }
    }
}

/// The coding of a type whose serializer is known.
pub(crate) fn coding_of<S: Serializer<T>, T: Send + 'static>() -> Coding {
    let codec = Codec {
        write: |value, to| S::write(downcast(value), to),
        read: |from| Ok(Box::new(S::read(from)?)),
    };
    let (ty, serializer) = (Type::of::<T>(), Type::of::<S>());
    // What is read from a stream cannot be borrowed from it.
    let is_borrow = serializer.is_of_library() && ty.has_borrow();
    Coding { ty, serializer, codec: (!is_borrow).then_some(codec) }
}

fn downcast<T: 'static>(value: &dyn Any) -> &T {
    match value.downcast_ref() {
        Some(value) => value,
        None => unreachable!("a slot does not hold a `{}`", std::any::type_name::<T>()),
    }
}

/// What a parameter by reference is read as.
pub trait Ownable: Send + Sync {
    /// Its owner.
    type Owner: Send + Sync + 'static;

    /// Shows the value as its owner.
    fn with_owner(&self, look: &mut dyn FnMut(&Self::Owner));

    /// Lends it.
    fn lend(owner: Self::Owner) -> Lent<Self>;
}

impl<T: Send + Sync + 'static> Ownable for T {
    type Owner = T;

    fn with_owner(&self, look: &mut dyn FnMut(&T)) {
        look(self);
    }

    fn lend(owner: T) -> Lent<T> {
        lend::lent(owner, |owner| owner)
    }
}

impl<T: Clone + Send + Sync + 'static> Ownable for [T] {
    type Owner = Vec<T>;

    fn with_owner(&self, look: &mut dyn FnMut(&Vec<T>)) {
        look(&self.to_vec());
    }

    fn lend(owner: Vec<T>) -> Lent<[T]> {
        owner.share()
    }
}

impl Ownable for str {
    type Owner = String;

    fn with_owner(&self, look: &mut dyn FnMut(&String)) {
        look(&self.to_owned());
    }

    fn lend(owner: String) -> Lent<str> {
        owner.share()
    }
}

/// The partitions of a map that borrows them: each file has the place of its partition, which the
/// map finds in the value that it borrows from.
pub(crate) fn coding_of_place() -> Coding {
    let codec = Codec {
        write: |value, to| Ok(write!(to, "{}", downcast::<usize>(value))?),
        read: |from| {
            let mut text = String::new();
            // Longer than the place of any partition.
            from.take(32).read_to_string(&mut text)?;
            Ok(Box::new(text.trim().parse::<usize>()?))
        },
    };
    Coding { ty: Type::of::<usize>(), serializer: Type::of::<Place>(), codec: Some(codec) }
}

/// The format of the place of a partition.
struct Place;

/// For generated code: of the traits below, the first that holds gives the `schema` of
/// `&&&Schema::<T>::new()`.
pub struct Schema<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Schema<T> {
    /// Of values of type `T`.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: ?Sized> Default for Schema<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// See [`Schema`]: of a type that has one.
pub trait HasSchema {
    /// The schema, as JSON.
    fn schema(&self) -> Option<String>;
}

/// See [`Schema`]: of a borrow, whose owner has one.
pub trait HasSchemaOfOwner {
    /// The schema, as JSON.
    fn schema(&self) -> Option<String>;
}

/// See [`Schema`]: of any other type.
pub trait HasNoSchema {
    /// Nothing.
    fn schema(&self) -> Option<String>;
}

#[cfg(feature = "schema")]
fn schema_of<T: schemars::JsonSchema>() -> Option<String> {
    serde_json::to_string(&schemars::schema_for!(T)).ok()
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> HasSchema for &&Schema<T> {
    fn schema(&self) -> Option<String> {
        schema_of::<T>()
    }
}

#[cfg(feature = "schema")]
impl<T: Ownable<Owner: schemars::JsonSchema> + ?Sized> HasSchemaOfOwner for &Schema<Lent<T>> {
    fn schema(&self) -> Option<String> {
        schema_of::<T::Owner>()
    }
}

impl<T: ?Sized> HasNoSchema for Schema<T> {
    fn schema(&self) -> Option<String> {
        None
    }
}
