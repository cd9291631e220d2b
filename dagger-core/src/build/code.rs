//! What a body becomes: one function with an entry for each step, over typed slots.
//!
//! The macro writes a body as constant data ([`table`](super::table)) and as a function that is
//! called with the number of an entry and the values that the entry reads. Between the entries stand
//! *slots*: variables without a value, whose type is inferred from what fills them. All entries are
//! in one function, so that rustc infers types through the whole body, as in the user's function; and
//! they are statements of it, not closures, since rustc's incremental mode looks at the whole function
//! once for each closure in it.

use std::any::Any;
use std::future::Future;
use std::iter::Empty;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use crate::callee::{Again, CalledAs, Fallible, IsNode, KindOf, Settle, SettleAwait, question};
use crate::error::{BoxError, Failure};
use crate::exec::attempt;
use crate::exec::coding::{Coding, Probe};
use crate::exec::context::Context;
use crate::exec::map::{Ends, Feed, Finish, Ordered, Part, Partitions, map_future, of};
use crate::exec::value::{Boxed, Sharing, Value, Values, unerase};
use crate::lend::Lend;
use crate::sync::lock;

/// The values that an entry reads, each at its place in the table.
pub struct Inputs {
    values: Values,
    /// `None` for what asks nothing of a run.
    context: Option<Context>,
    /// Whether they are those of a map for a batch of its partitions: see [`plan::Work::for_batch`].
    is_batch: bool,
}

impl Inputs {
    /// The inputs of a step.
    pub(super) fn new(values: Values, context: Context) -> Self {
        Self { values, context: Some(context), is_batch: false }
    }

    /// The inputs of a map for a batch of its partitions.
    pub(super) fn for_batch(values: Values, context: Context) -> Self {
        Self { values, context: Some(context), is_batch: true }
    }

    /// Values without a run.
    pub(super) fn of(values: Values) -> Self {
        Self { values, context: None, is_batch: false }
    }

    /// No inputs, when the graph is built.
    pub(super) fn none() -> Self {
        Self::of(Values::new())
    }

    pub(super) fn into_values(self) -> Values {
        self.values
    }

    /// The step's view of its run.
    ///
    /// # Panics
    ///
    /// In an entry that only moves values, or is asked when the graph is built.
    #[must_use]
    pub fn context(&self) -> Context {
        self.own_context().clone()
    }

    /// Whether all partitions of a map are wanted: the value that has them is among the inputs.
    #[must_use]
    pub fn has_all(&self) -> bool {
        !self.is_batch
    }

    fn boxed(&self, place: usize) -> Boxed {
        match &self.values[place] {
            Value::Owned(value) => match lock(value).take() {
                Some(value) => value,
                None => unreachable!("an entry takes a value once"),
            },
            Value::Shared(_) => unreachable!("a runtime hands a taker an owned value"),
        }
    }

    /// The partitions that move out of a value; those that come in its place, where there is none.
    fn moved<S: IntoIterator>(&self, partitions: Option<S>) -> Partitions<S::IntoIter> {
        match partitions {
            Some(partitions) => Partitions::Moved(partitions.into_iter()),
            None => self.part(0).moved(),
        }
    }

    /// The partitions that workers borrow: all, or those whose places come last.
    fn borrowed(&self) -> Partitions<Empty<()>> {
        match self.is_batch {
            true => self.part(self.values.len() - 1).borrowed(),
            false => Partitions::Borrowed,
        }
    }

    /// The partitions that come in place of the value that has all of them.
    fn part(&self, place: usize) -> Part {
        match Part::unbox(self.boxed(place)) {
            Ok(part) => part,
            Err(_) => unreachable!("a runtime hands a map some of its partitions"),
        }
    }

    pub(super) fn own_context(&self) -> &Context {
        match &self.context {
            Some(context) => context,
            None => unreachable!("only nodes look at their run"),
        }
    }

    fn shared(&self, place: usize) -> &Arc<dyn Any + Send + Sync> {
        match &self.values[place] {
            Value::Shared(value) => value,
            Value::Owned(_) => unreachable!("a runtime hands a borrower a shared value"),
        }
    }
}

/// The value of a step, when it is there.
pub type Pending<'i> = Pin<Box<dyn Future<Output = Result<Boxed, Failure>> + Send + 'i>>;

/// What an entry comes to.
pub enum Work<'i> {
    /// The value of its step.
    Done(Boxed),
    /// The values of a step that takes one apart.
    Parts(Vec<Boxed>),
    /// The failure of its node.
    Failed(Failure),
    /// The value of its step, when this is ready.
    Run(Pending<'i>),
    /// How the values of a slot are shared.
    Sharing(&'static Sharing),
    /// How a value is written and read.
    Coding(Coding),
    /// Partitions, one after another.
    Partitions(Box<dyn Iterator<Item = Boxed> + Send + 'i>),
}

/// A value that several steps read.
///
/// Its type needs no bounds, which the slot was asked for where it is shared; so the code that reads
/// a value says nothing that the code that shares it has not said.
pub struct Shared<T> {
    value: Arc<dyn Any + Send + Sync>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), of: PhantomData }
    }
}

impl<T: 'static> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        typed(&self.value)
    }
}

#[inline]
fn typed<T: 'static>(value: &Arc<dyn Any + Send + Sync>) -> &T {
    match value.downcast_ref() {
        Some(value) => value,
        None => unreachable!("a slot does not hold a `{}`", std::any::type_name::<T>()),
    }
}

/// A shared value among the inputs of an entry.
pub struct Borrowed<'a, T> {
    value: &'a Arc<dyn Any + Send + Sync>,
    of: PhantomData<fn() -> T>,
}

impl<T> Borrowed<'_, T> {
    /// Shares the value.
    pub(crate) fn share(self) -> Shared<T> {
        Shared { value: Arc::clone(self.value), of: PhantomData }
    }
}

/// The values that all calls of a map share, as nested pairs.
pub trait ShareList: Clone + Send + Sync + 'static {
    /// Each with its owner, borrowed once for all calls of a worker.
    type Borrowed<'a>: Copy + Send + Sync;

    /// Borrows them.
    fn borrow(&self) -> Self::Borrowed<'_>;
}

impl ShareList for () {
    type Borrowed<'a> = ();

    fn borrow(&self) {}
}

impl<T: Send + Sync + 'static, R: ShareList> ShareList for (Shared<T>, R) {
    type Borrowed<'a> = ((&'a Shared<T>, &'a T), R::Borrowed<'a>);

    fn borrow(&self) -> Self::Borrowed<'_> {
        ((&self.0, &*self.0), self.1.borrow())
    }
}

/// A place for a value between steps, known by its type alone.
pub struct Slot<T>(PhantomData<fn() -> T>);

/// A slot, of the type of what fills it.
#[inline]
#[must_use]
pub fn slot<T>() -> Slot<T> {
    Slot(PhantomData)
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slot<T> {}

impl<T: 'static> Slot<T> {
    /// Moves the value out of the inputs.
    #[inline]
    #[must_use]
    pub fn take(self, inputs: &Inputs, place: usize) -> T {
        unerase(inputs.boxed(place))
    }

    /// Moves the value out of the inputs for a call of this node; a clone of it, as long as another
    /// attempt may follow.
    #[inline]
    #[must_use]
    pub fn take_for<N: IsNode>(self, inputs: &Inputs, place: usize) -> T
    where
        KindOf<N>: Again<T>,
    {
        if const { N::OPTIONS.retry.is_some() } && !attempt::is_last() {
            return Self::take_again::<KindOf<N>>(inputs, place);
        }
        self.take(inputs, place)
    }

    #[cold]
    fn take_again<K: Again<T>>(inputs: &Inputs, place: usize) -> T {
        let Value::Owned(value) = &inputs.values[place] else {
            unreachable!("a runtime hands a taker an owned value")
        };
        let value = lock(value);
        let value = value.as_ref().and_then(|value| value.downcast_ref::<T>());
        match value.and_then(K::again) {
            Some(value) => value,
            None => unreachable!("a value is kept until the last attempt takes it"),
        }
    }

    /// Borrows the value where it is.
    #[inline]
    #[must_use]
    pub fn borrow(self, inputs: &Inputs, place: usize) -> &T {
        typed(inputs.shared(place))
    }

    /// Shares the value, for work that goes on when the entry has returned.
    #[inline]
    #[must_use]
    pub fn share(self, inputs: &Inputs, place: usize) -> Shared<T> {
        Shared { value: Arc::clone(inputs.shared(place)), of: PhantomData }
    }

    /// The value that is borrowed, for a nested dag, which shares it.
    #[inline]
    #[must_use]
    pub fn owner(self, inputs: &Inputs, place: usize) -> Borrowed<'_, T> {
        Borrowed { value: inputs.shared(place), of: PhantomData }
    }

    /// How the value is shared: `Sync` is asked for here, and of what is borrowed only.
    #[must_use]
    pub fn by_ref(self) -> Work<'static>
    where
        T: Send + Sync,
    {
        Work::Sharing(Sharing::of::<T>())
    }

    /// Fills the slot.
    #[inline]
    #[must_use]
    pub fn put(self, value: T) -> Work<'static>
    where
        T: Send,
    {
        Work::Done(Box::new(value))
    }

    /// For how the value is written and read by the serializer of what makes it.
    #[must_use]
    pub fn probe<N: IsNode>(self) -> Probe<N::Serializer, T> {
        Probe::new()
    }

    /// Fills the slot with a part of a value.
    #[must_use]
    pub fn part(self, value: T) -> Boxed
    where
        T: Send,
    {
        Box::new(value)
    }

    /// Fills the slot with what a call without `.await` returned.
    #[inline]
    pub fn call<N, C, V, O, S>(self, _: C, value: V, owners: O, inputs: &Inputs) -> Work<'static>
    where
        N: IsNode,
        C: CalledAs<N>,
        KindOf<N>: Lend<N, V, O, Output = S> + Settle<N, S, Output = T>,
        S: Send + 'static,
        T: Send,
    {
        let value = <KindOf<N> as Lend<N, V, O>>::lend(value, owners);
        <KindOf<N> as Settle<N, S>>::work(value, inputs)
    }

    /// Fills the slot with what a call with `.await` comes to. The call may borrow from the inputs:
    /// whoever waits for its work keeps them.
    pub fn wait<'i, N, C, V, O, S>(self, _: C, value: V, owners: O, inputs: &'i Inputs) -> Work<'i>
    where
        N: IsNode,
        C: CalledAs<N>,
        KindOf<N>: Lend<N, V, O, Output = S> + SettleAwait<N, S, Output = T>,
        S: Send + 'i,
        T: Send,
    {
        let value = <KindOf<N> as Lend<N, V, O>>::lend(value, owners);
        let context = inputs.own_context();
        Work::Run(Box::pin(async move {
            let value = <KindOf<N> as SettleAwait<N, S>>::settle(value, context, 0).await?;
            Ok(Box::new(value) as Boxed)
        }))
    }

    /// Fills the slot when this is ready.
    pub fn run<N, F>(self, future: F) -> Work<'static>
    where
        F: Future<Output = Result<T, Failure>> + Send + 'static,
        T: Send,
    {
        Work::Run(Box::pin(async move { Ok(Box::new(future.await?) as Boxed) }))
    }

    /// Fills the slot with what a map over these partitions comes to, or over those that are among the
    /// inputs in their place. They move.
    ///
    /// `call` is the call for a partition, `finish` makes its result, one that `ends` is the last, and
    /// `collect` is the fan-in.
    #[expect(clippy::too_many_arguments, reason = "one for each part of a map")]
    pub fn map<N, S, V, F, R, P, Q, O>(
        self,
        inputs: &Inputs,
        partitions: Option<S>,
        shared: V,
        call: F,
        finish: Q,
        ends: Ends<O>,
        collect: fn(Ordered<O>, &Context, usize) -> Result<T, Failure>,
        _: Slot<O>,
    ) -> Work<'static>
    where
        N: IsNode,
        KindOf<N>: Settle<N, R, Output = P> + Again<S::Item>,
        S: IntoIterator<Item: Send + 'static, IntoIter: Send + 'static>,
        V: ShareList,
        F: Fn(V::Borrowed<'_>, S::Item) -> R + Clone + Send + Sync + 'static,
        R: Send,
        Q: Finish<P, O> + Clone + 'static,
        O: Send + 'static,
        T: Send,
    {
        let work = move |feed: Feed<S::IntoIter, O>, _, shared: V| {
            let (call, finish) = (call.clone(), finish.clone());
            async move {
                let borrowed = shared.borrow();
                let call = |partition| call(borrowed, partition);
                feed.each(of::<N>(), call, finish, ends).await;
            }
        };
        let (context, partitions) = (inputs.context(), inputs.moved(partitions));
        Work::Run(map_future::<N, _, _, _, _, _, _>(context, partitions, shared, work, collect))
    }

    /// As [`map`](Self::map), with the body of a worker written out.
    pub fn map_by_worker<N, S, V, F, O>(
        self,
        inputs: &Inputs,
        partitions: Option<S>,
        shared: V,
        work: fn(Feed<S::IntoIter, O>, Context, V) -> F,
        collect: fn(Ordered<O>, &Context, usize) -> Result<T, Failure>,
        _: Slot<O>,
    ) -> Work<'static>
    where
        N: IsNode,
        S: IntoIterator<IntoIter: Send + 'static>,
        V: Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
        O: Send + 'static,
        T: Send,
    {
        let (context, partitions) = (inputs.context(), inputs.moved(partitions));
        Work::Run(map_future::<N, _, _, _, _, _, _>(context, partitions, shared, work, collect))
    }

    /// As [`map`](Self::map), over a value that is only borrowed: the workers iterate it themselves.
    pub fn map_borrowed<N, V, F, O>(
        self,
        inputs: &Inputs,
        shared: V,
        work: fn(Feed<Empty<()>, O>, Context, V) -> F,
        collect: fn(Ordered<O>, &Context, usize) -> Result<T, Failure>,
        _: Slot<O>,
    ) -> Work<'static>
    where
        N: IsNode,
        V: Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
        O: Send + 'static,
        T: Send,
    {
        let (context, partitions) = (inputs.context(), inputs.borrowed());
        Work::Run(map_future::<N, _, _, _, _, _, _>(context, partitions, shared, work, collect))
    }
}

/// The fan-in of a map that fills a `Vec`.
///
/// # Errors
///
/// None.
#[inline]
pub fn into_vec<O>(results: Ordered<O>, _: &Context, _: usize) -> Result<Vec<O>, Failure> {
    Ok(results.into_vec())
}

/// The fan-in of a map whose results nobody collects.
///
/// # Errors
///
/// None.
#[inline]
pub fn into_nothing<O>(results: Ordered<O>, _: &Context, _: usize) -> Result<(), Failure> {
    drop(results);
    Ok(())
}

/// The partitions of a value, which move, and the slot of one of them.
pub fn partitions<'i, S: IntoIterator<IntoIter: Send + 'i, Item: Send + 'static>>(
    partitions: S,
    _: Slot<S::Item>,
) -> Work<'i> {
    Work::Partitions(Box::new(partitions.into_iter().map(|partition| Box::new(partition) as Boxed)))
}

/// The places of the partitions that are borrowed from a value.
#[must_use]
pub fn places<S: IntoIterator>(partitions: S) -> Work<'static> {
    let count = partitions.into_iter().count();
    Work::Partitions(Box::new((0..count).map(|place| Box::new(place) as Boxed)))
}

/// The value of a map of its results, which come as a `Vec` of boxes.
pub fn gather<O: 'static, T: Send + 'static>(
    inputs: &Inputs,
    _: Slot<O>,
    to: Slot<T>,
    collect: fn(Ordered<O>, &Context, usize) -> Result<T, Failure>,
) -> Work<'static> {
    let results = unerase::<Vec<Boxed>>(inputs.boxed(0)).into_iter().map(unerase::<O>);
    match collect(Ordered::of(results.collect()), inputs.own_context(), 0) {
        Ok(value) => to.put(value),
        Err(failure) => Work::Failed(failure),
    }
}

/// What a call in a map returned, as its result.
///
/// # Errors
///
/// None.
#[inline]
pub fn as_it_is<O>(value: O, _: &Context, _: usize) -> Result<O, Failure> {
    Ok(value)
}

/// A collection that may stop before it has seen all results: the function would not make the calls
/// behind its last one, which the graph has made at the same time.
pub trait StopsEarly {
    /// Which it is.
    fn dagger_collects(self) -> UntilFailure;
}

impl<T, E> StopsEarly for Slot<Result<T, E>> {
    fn dagger_collects(self) -> UntilFailure {
        UntilFailure
    }
}

impl<T> StopsEarly for Slot<Option<T>> {
    fn dagger_collects(self) -> UntilFailure {
        UntilFailure
    }
}

/// Any other collection.
pub trait TakesAll {
    /// Which it is.
    fn dagger_collects(&self) -> All;
}

impl<T> TakesAll for Slot<T> {
    fn dagger_collects(&self) -> All {
        All
    }
}

/// Of a collection that may stop early.
pub struct UntilFailure;

/// Of a collection that takes all results.
pub struct All;

/// What a map can collect into without `?`.
#[diagnostic::on_unimplemented(
    message = "a map cannot collect into a `Result` or an `Option` that flows on as a value",
    label = "ends with the first failure, while other partitions are running",
    note = "with `?` behind it, the failure ends the dag; or collect into a `Vec` of results, and let \
            the reducing node look for failures"
)]
pub trait Collects {}

impl Collects for All {}

/// Asks that a map takes all results.
pub fn collects<C: Collects>(_: C) {}

/// The parts of a value, for slots of their own.
#[must_use]
pub fn parts<const N: usize>(parts: [Boxed; N]) -> Work<'static> {
    Work::Parts(parts.into())
}

/// What the end of a body makes of its values.
#[inline]
pub fn apply<I, R>(values: I, end: fn(I) -> R) -> R {
    end(values)
}

/// The result of a dag.
#[must_use]
pub fn end<R: Send + 'static>(result: R) -> Work<'static> {
    Work::Done(Box::new(result))
}

/// The result of a dag that returns a `Result`.
#[must_use]
pub fn end_fallible<R: Fallible>(result: R) -> Work<'static> {
    // What fails a dag is a node; its last expression only says that nothing did.
    match result.split() {
        Ok(value) => Work::Done(Box::new(value)),
        Err(_) => unreachable!("the result of a dag is made of outputs"),
    }
}

/// No entry has this number.
///
/// # Panics
///
/// Always.
pub fn no_entry(entry: u32) -> ! {
    unreachable!("a dag has no entry {entry}")
}

/// What the last call of a dag returned: its error is the dag's.
pub struct Tail<R>(pub R);

/// See [`Tail`].
pub trait IsTail {
    /// What fills the slot.
    type Value;
    /// Fills it, or fails the dag.
    fn dagger_tail(self, slot: Slot<Self::Value>, inputs: &Inputs) -> Work<'static>;
}

impl<T: Send + 'static, E: Into<BoxError> + Send + 'static> IsTail for Tail<Result<T, E>> {
    type Value = T;

    fn dagger_tail(self, slot: Slot<T>, inputs: &Inputs) -> Work<'static> {
        match question(self.0, &inputs.context(), 0) {
            Ok(value) => slot.put(value),
            Err(failure) => Work::Failed(failure),
        }
    }
}

/// What is not a `Result`, which rustc reports in the function, and only there.
pub trait IsNoTail {
    /// The type of the slot.
    type Value;
    /// Never reached.
    fn dagger_tail(&self, slot: Slot<Self::Value>, inputs: &Inputs) -> Work<'static>;
}

impl<R> IsNoTail for Tail<R> {
    type Value = R;

    fn dagger_tail(&self, _: Slot<R>, _: &Inputs) -> Work<'static> {
        unreachable!("rustc accepts no other end of a body that returns a `Result`")
    }
}
