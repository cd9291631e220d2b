//! What a map is over, as a type: nothing, a value that is taken apart, or one that is borrowed.

use std::future::Future;
use std::iter::Empty;
use std::marker::PhantomData;
use std::sync::Arc;

use super::handle::{Lends, Place};
use crate::callee::{Again, IsNode};
use crate::error::Failure;
use crate::exec::map::{Feed, Of, Part, Partitions};
use crate::exec::value::{Boxed, Value, unerase};

/// What an input, or all inputs of a map, are partitioned by.
///
/// `'a: 'a` makes a lifetime one of the method, whether or not a source's own types mention it.
pub trait Source: 'static {
    /// A partition.
    type Item<'a>: Send;
    /// The value that has the partitions, as a step receives it.
    type Collection: Send + 'static;
    /// The partitions, where they move out of the value.
    type Items: Iterator<Item: 'static> + Send + 'static;
    /// What all workers keep of the value.
    type Kept: Clone + Send + Sync + 'static;
    /// The first of two sources.
    type Or<X: Source>: Source;

    /// Which of the two a partition belongs to.
    fn item<'a: 'a, X: Source>(
        item: Option<<Self::Or<X> as Source>::Item<'a>>,
    ) -> (Option<Self::Item<'a>>, Option<X::Item<'a>>);

    /// The first of two values.
    fn first<X: Source>(
        this: Option<Self::Collection>,
        other: Option<X::Collection>,
    ) -> Option<<Self::Or<X> as Source>::Collection>;

    /// Makes the partitions.
    fn start(collection: Self::Collection) -> (Partitions<Self::Items>, Self::Kept);

    /// The partitions that move out of the value in a slot; none, where they are borrowed from it.
    fn partitions(_: Value) -> Option<Box<dyn Iterator<Item = Boxed>>> {
        None
    }

    /// Makes a result of each partition, with a task that computes.
    fn compute<'a: 'a, N, K, O, F>(
        feed: Feed<Self::Items, O>,
        kept: &'a Self::Kept,
        call: F,
    ) -> impl Future<Output = ()> + Send
    where
        N: IsNode,
        K: Again<Self::Item<'a>>,
        O: Send,
        F: Fn(usize, Self::Item<'a>) -> Result<O, Failure> + Send + Sync;

    /// Runs a future for each partition.
    fn each<'a: 'a, N, K, O, F, Fut>(
        feed: Feed<Self::Items, O>,
        kept: &'a Self::Kept,
        call: F,
    ) -> impl Future<Output = ()> + Send
    where
        N: IsNode,
        K: Again<Self::Item<'a>>,
        O: Send,
        F: Fn(usize, Self::Item<'a>) -> Fut + Send + Sync,
        Fut: Future<Output = Result<O, Failure>> + Send;
}

/// A part that the type of a map with another source has, and that no graph has.
fn no_source<T>() -> T {
    unreachable!("a map without partitions, or with those of two values, has no graph")
}

/// No partitions: an input that is the same for all of them.
pub struct Same;

impl Source for Same {
    type Item<'a> = ();
    type Collection = ();
    type Items = Empty<()>;
    type Kept = ();
    type Or<X: Source> = X;

    fn item<'a: 'a, X: Source>(item: Option<X::Item<'a>>) -> (Option<()>, Option<X::Item<'a>>) {
        (None, item)
    }

    fn first<X: Source>(_: Option<()>, other: Option<X::Collection>) -> Option<X::Collection> {
        other
    }

    fn start((): ()) -> (Partitions<Empty<()>>, ()) {
        no_source()
    }

    async fn compute<'a: 'a, N, K, O, F>(_: Feed<Empty<()>, O>, (): &'a (), _: F)
    where
        N: IsNode,
        K: Again<Self::Item<'a>>,
        O: Send,
        F: Fn(usize, ()) -> Result<O, Failure> + Send + Sync,
    {
        no_source::<()>();
    }

    async fn each<'a: 'a, N, K, O, F, Fut>(_: Feed<Empty<()>, O>, (): &'a (), _: F)
    where
        N: IsNode,
        K: Again<Self::Item<'a>>,
        O: Send,
        F: Fn(usize, ()) -> Fut + Send + Sync,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        no_source::<()>();
    }
}

/// A value with all partitions, or those that come in its place.
pub enum All<T> {
    /// The value.
    Of(T),
    /// Some of its partitions.
    But(Part),
}

impl<T: 'static> All<T> {
    /// What is in a slot.
    pub(super) fn in_slot(value: Value) -> Self {
        match Part::unbox(value.into_boxed()) {
            Ok(part) => Self::But(part),
            Err(value) => Self::Of(unerase(value)),
        }
    }
}

/// The partitions move out of a `T`.
pub struct Moved<T>(PhantomData<fn() -> T>);

impl<T> Source for Moved<T>
where
    T: IntoIterator<Item: Send, IntoIter: Send + 'static> + Send + 'static,
{
    type Item<'a> = T::Item;
    type Collection = All<T>;
    type Items = T::IntoIter;
    type Kept = ();
    type Or<X: Source> = Self;

    fn item<'a: 'a, X: Source>(item: Option<T::Item>) -> (Option<T::Item>, Option<X::Item<'a>>) {
        (item, None)
    }

    fn first<X: Source>(this: Option<All<T>>, _: Option<X::Collection>) -> Option<All<T>> {
        this
    }

    fn start(collection: All<T>) -> (Partitions<T::IntoIter>, ()) {
        let partitions = match collection {
            All::Of(collection) => Partitions::Moved(collection.into_iter()),
            All::But(part) => part.moved(),
        };
        (partitions, ())
    }

    fn partitions(value: Value) -> Option<Box<dyn Iterator<Item = Boxed>>> {
        let partitions = value.into_owned::<T>().into_iter();
        Some(Box::new(partitions.map(|partition| Box::new(partition) as Boxed)))
    }

    fn compute<'a: 'a, N, K, O, F>(
        feed: Feed<T::IntoIter, O>,
        (): &'a (),
        call: F,
    ) -> impl Future<Output = ()> + Send
    where
        N: IsNode,
        K: Again<Self::Item<'a>>,
        O: Send,
        F: Fn(usize, T::Item) -> Result<O, Failure> + Send + Sync,
    {
        feed.compute_each::<N, K, _>(call)
    }

    fn each<'a: 'a, N, K, O, F, Fut>(
        feed: Feed<T::IntoIter, O>,
        (): &'a (),
        call: F,
    ) -> impl Future<Output = ()> + Send
    where
        N: IsNode,
        K: Again<Self::Item<'a>>,
        O: Send,
        F: Fn(usize, T::Item) -> Fut + Send + Sync,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        feed.each_async(Of::<N, K>::kind(), call, None)
    }
}

/// The partitions, of type `I`, are borrowed from a place, and handed on as `&U`.
pub struct Lent<S, I, U: ?Sized>(PhantomData<fn() -> (S, I, Box<U>)>);

/// A place, and the value that it is in.
pub struct At<S: Place> {
    pub(super) place: S,
    pub(super) owner: Arc<S::Owner>,
}

impl<S: Place> Clone for At<S> {
    fn clone(&self) -> Self {
        Self { place: self.place.clone(), owner: Arc::clone(&self.owner) }
    }
}

impl<S, I, U> Source for Lent<S, I, U>
where
    S: Place<Target: Sized>,
    for<'a> &'a S::Target: IntoIterator<Item = &'a I, IntoIter: Send>,
    I: Lends<U> + Sync + 'static,
    U: ?Sized + Sync + 'static,
{
    type Item<'a> = &'a U;
    type Collection = At<S>;
    type Items = Empty<()>;
    type Kept = At<S>;
    type Or<X: Source> = Self;

    fn item<'a: 'a, X: Source>(item: Option<&'a U>) -> (Option<&'a U>, Option<X::Item<'a>>) {
        (item, None)
    }

    fn first<X: Source>(this: Option<At<S>>, _: Option<X::Collection>) -> Option<At<S>> {
        this
    }

    fn start(collection: At<S>) -> (Partitions<Empty<()>>, At<S>) {
        (Partitions::Borrowed, collection)
    }

    fn compute<'a: 'a, N, K, O, F>(
        feed: Feed<Empty<()>, O>,
        kept: &'a At<S>,
        call: F,
    ) -> impl Future<Output = ()> + Send
    where
        N: IsNode,
        K: Again<Self::Item<'a>>,
        O: Send,
        F: Fn(usize, &'a U) -> Result<O, Failure> + Send + Sync,
    {
        let items = kept.place.place(&kept.owner).into_iter().map(Lends::lend);
        feed.compute_each_of::<N, K, _, _>(items, call)
    }

    fn each<'a: 'a, N, K, O, F, Fut>(
        feed: Feed<Empty<()>, O>,
        kept: &'a At<S>,
        call: F,
    ) -> impl Future<Output = ()> + Send
    where
        N: IsNode,
        K: Again<Self::Item<'a>>,
        O: Send,
        F: Fn(usize, &'a U) -> Fut + Send + Sync,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        let items = kept.place.place(&kept.owner).into_iter().map(Lends::lend);
        feed.each_of_async(Of::<N, K>::kind(), items, call, None)
    }
}
