//! Values that do not exist yet, and parts of them.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use super::input::{ByRef, Cloned, Copied, Each, EachRef};
use crate::lend::Lent;

/// A value of a run that does not exist yet: a parameter of a dag, or the output of a node.
///
/// As an input of a node, a handle by itself *moves* the value: the node waits until all who borrow
/// the value are done, and nothing after it reads the value. Its methods say what else a node can do
/// with it. A node that moves a value reads it only once: `(x.copied(), x.copied())`, and not
/// `(x.copied(), x)`.
///
/// | input | the task gets | in a body |
/// | --- | --- | --- |
/// | `x` | the value, `T` | `f(x)` |
/// | `x.by_ref()` | `&T`, shared and never copied | `f(&x)` |
/// | `x.copied()`, `x.cloned()` | a copy or a clone | `f(x)` of a `Copy` type, `f(x.clone())` |
/// | `x.field(…)`, `x.key(…)`, `x.view(…)`, and one of the above | a part of it | `f(&x.field)` |
/// | `x.each()`, `x.each_ref()`, in a map | a partition | `for item in x`, `for item in &x` |
///
/// # Examples
///
/// ```
/// use dagger_core::{Dag, build::hand::Task};
///
/// # fn main() -> Result<(), dagger_core::BuildError> {
/// let mut dag = Dag::builder("mean");
/// let numbers = dag.parameter::<Vec<f64>>("numbers");
/// let sum = Task::new("sum", ["numbers"], |numbers: &[f64]| numbers.iter().sum::<f64>());
/// let sum = dag.node(sum, (numbers.by_ref(),));
/// let mean = Task::new("mean", ["sum", "of"], |sum: f64, of: Vec<f64>| sum / of.len() as f64);
/// let mean = dag.node(mean, (sum, numbers));
/// dag.output("return_value", mean);
/// let dag = dag.build()?;
/// assert_eq!(
///     dag.to_string(),
///     "dag mean(numbers: Vec<f64>)\n  sum(numbers)\n  mean(sum: sum, of: numbers)\n  -> mean"
/// );
/// # Ok(())
/// # }
/// ```
pub struct Handle<T> {
    pub(super) raw: Raw,
    value: PhantomData<fn() -> T>,
}

/// A slot of the graph that a builder builds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) builder: u32,
    pub(super) slot: u32,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> Handle<T> {
    pub(super) fn new(builder: u32, slot: u32) -> Self {
        Self { raw: Raw { builder, slot }, value: PhantomData }
    }
}

impl<T: Send + 'static> Handle<T> {
    /// In a map: one partition, moved out of the value. A map has exactly one such input.
    ///
    /// `T` may be an iterator, which then makes the partitions as they are needed.
    #[must_use]
    pub fn each(self) -> Each<T>
    where
        T: IntoIterator<Item: Send, IntoIter: Send + 'static>,
    {
        Each(self)
    }
}

/// Names of the description, for parts of a value.
#[derive(Clone)]
pub(super) enum Label {
    /// The value itself.
    Whole,
    /// The output `property_<field>`.
    Field(Cow<'static, str>),
    /// The output `key_<key>`.
    Key(Cow<'static, str>),
    /// An expression over the value.
    View(Cow<'static, str>),
}

impl<T: Send + Sync + 'static> Handle<T> {
    /// A field of the value, to be read in place: the output `property_<name>`.
    ///
    /// To *move* fields out of a value, use [`DagBuilder::split`](super::DagBuilder::split).
    ///
    /// # Examples
    ///
    /// ```
    /// # use dagger_core::{Dag, build::hand::Task};
    /// struct Data {
    ///     training: Vec<u64>,
    ///     test: Vec<u64>,
    /// }
    ///
    /// let mut dag = Dag::builder("grade");
    /// let load = Task::new("load", [""; 0], || Data { training: vec![1, 2], test: vec![3] });
    /// let data = dag.node(load, ());
    /// let count = Task::new("count", ["rows"], |rows: &[u64]| rows.len());
    /// let count = dag.node(count, (data.field("test", |data| &data.test).by_ref(),));
    /// dag.output("return_value", count);
    /// let text = dag.build().unwrap().to_string();
    /// assert!(text.contains("count(rows: load.property_test)"));
    /// ```
    #[must_use]
    pub fn field<P>(self, name: impl Into<Cow<'static, str>>, field: fn(&T) -> &P) -> Part<T, P> {
        Part { of: self, label: Label::Field(name.into()), place: field }
    }

    /// A value in a collection, to be read in place: the output `key_<key>`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use dagger_core::{Dag, build::hand::Task};
    /// # use std::collections::HashMap;
    /// let mut dag = Dag::builder("settings");
    /// let read = Task::new("read", [""; 0], || HashMap::from([("depth", 3_u32)]));
    /// let settings = dag.node(read, ());
    /// let grow = Task::new("grow", ["depth"], |depth: u32| 2_u32.pow(depth));
    /// dag.node(grow, (settings.key("depth", |settings| &settings["depth"]).copied(),));
    /// assert!(dag.build().unwrap().to_string().contains("grow(depth: read.key_depth)"));
    /// ```
    #[must_use]
    pub fn key<P>(self, key: impl Into<Cow<'static, str>>, value: fn(&T) -> &P) -> Part<T, P> {
        Part { of: self, label: Label::Key(key.into()), place: value }
    }

    /// A place in the value that an expression leads to, such as `&rows[1..]`; `text` is the
    /// expression as the description shows it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use dagger_core::{Dag, build::hand::Task};
    /// let mut dag = Dag::builder("rest");
    /// let rows = dag.parameter::<Vec<u64>>("rows");
    /// let count = Task::new("count", ["rows"], |rows: &[u64]| rows.len());
    /// dag.node(count, (rows.view("&rows[1..]", |rows| &rows[1..]).by_ref(),));
    /// assert!(dag.build().unwrap().to_string().contains("count(rows: `&rows[1..]`)"));
    /// ```
    #[must_use]
    pub fn view<P: ?Sized>(
        self,
        text: impl Into<Cow<'static, str>>,
        place: fn(&T) -> &P,
    ) -> Part<T, P> {
        Part { of: self, label: Label::View(text.into()), place }
    }
}

/// A part of a value, to be read in place: see [`Handle::field`], [`Handle::key`] and
/// [`Handle::view`].
pub struct Part<T, P: ?Sized> {
    of: Handle<T>,
    label: Label,
    place: fn(&T) -> &P,
}

impl<T, P: ?Sized> Clone for Part<T, P> {
    fn clone(&self) -> Self {
        Self { of: self.of, label: self.label.clone(), place: self.place }
    }
}

/// A value, or a part of one, that is read in place.
pub trait Place: Clone + Send + Sync + 'static {
    /// The value that holds it.
    type Owner: Send + Sync + 'static;
    /// What is there.
    type Target: ?Sized + 'static;

    /// The way there.
    fn place<'a>(&self, owner: &'a Self::Owner) -> &'a Self::Target;

    #[doc(hidden)]
    fn found(&self) -> Found;
}

/// Where a place is.
#[doc(hidden)]
pub struct Found {
    pub(super) raw: Raw,
    pub(super) label: Label,
}

impl<T: Send + Sync + 'static> Place for Handle<T> {
    type Owner = T;
    type Target = T;

    fn place<'a>(&self, owner: &'a T) -> &'a T {
        owner
    }

    fn found(&self) -> Found {
        Found { raw: self.raw, label: Label::Whole }
    }
}

impl<T: Send + Sync + 'static, P: ?Sized + 'static> Place for Part<T, P> {
    type Owner = T;
    type Target = P;

    fn place<'a>(&self, owner: &'a T) -> &'a P {
        (self.place)(owner)
    }

    fn found(&self) -> Found {
        Found { raw: self.of.raw, label: self.label.clone() }
    }
}

macro_rules! readers {
    ([$($generic:tt)*] $place:ty, $target:ty) => {
        impl<$($generic)*> $place {
            /// The value, shared with other readers and never copied: the task gets a `&U`.
            ///
            /// `U` is what the task takes: `[T]` for a `Vec<T>`, `str` for a `String`, see [`Lends`].
            /// A generic task cannot tell; write it out then, `x.by_ref::<Vec<u64>>()`.
            #[must_use]
            pub fn by_ref<U: ?Sized>(self) -> ByRef<Self, U>
            where
                $target: Lends<U>,
            {
                ByRef::new(self)
            }

            /// A copy of the value, which others may go on using.
            #[must_use]
            pub fn copied(self) -> Copied<Self>
            where
                $target: Copy,
            {
                Copied(self)
            }

            /// A clone of the value, made when the node runs.
            #[must_use]
            pub fn cloned(self) -> Cloned<Self>
            where
                $target: Clone,
            {
                Cloned(self)
            }

            /// In a map: one partition of a collection that is only borrowed, as a `&U`.
            #[must_use]
            pub fn each_ref<I, U: ?Sized>(self) -> EachRef<Self, I, U>
            where
                for<'a> &'a $target: IntoIterator<Item = &'a I, IntoIter: Send>,
                I: Lends<U>,
            {
                EachRef::new(self)
            }
        }
    };
}

readers!([T: Send + Sync + 'static] Handle<T>, T);
readers!([T: Send + Sync + 'static, P: 'static] Part<T, P>, P);

impl<T: Send + Sync + 'static, P: 'static> Part<T, [P]> {
    /// The part, shared with other readers and never copied: the task gets a `&[P]`.
    #[must_use]
    pub fn by_ref(self) -> ByRef<Self, [P]> {
        ByRef::new(self)
    }
}

impl<T: Send + Sync + 'static> Part<T, str> {
    /// The part, shared with other readers and never copied: the task gets a `&str`.
    #[must_use]
    pub fn by_ref(self) -> ByRef<Self, str> {
        ByRef::new(self)
    }
}

/// What a task that takes a `&U` can be lent: a `U`; a `String` for a `str`, a `Vec<T>` for a `[T]`,
/// and other owners of a `U`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be lent as a `&{U}`",
    label = "this value is a `{Self}`",
    note = "what a body of a `#[dag]` would reach with a method of the value is reached by \
            `.view(…)` here"
)]
pub trait Lends<U: ?Sized> {
    /// The borrow.
    fn lend(&self) -> &U;
}

impl<T: ?Sized> Lends<T> for T {
    fn lend(&self) -> &T {
        self
    }
}

macro_rules! lends {
    ($([$($generic:tt)*] $owner:ty => $target:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> Lends<$target> for $owner {
            fn lend(&self) -> &$target {
                self
            }
        }
    )*};
}

lends! {
    [] String => str;
    [T] Vec<T> => [T];
    [T, const N: usize] [T; N] => [T];
    [T: ?Sized] Arc<T> => T;
    [T: ?Sized] Box<T> => T;
    [] std::path::PathBuf => std::path::Path;
    [] std::ffi::OsString => std::ffi::OsStr;
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Lends<T> for Lent<T> {
    fn lend(&self) -> &T {
        self.get()
    }
}
