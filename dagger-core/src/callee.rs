//! What a call in a dag's body calls: a task or a dag, known by its type.
//!
//! A body names a callee by its function. The proxy of the same name implements [`IsNode`], whose
//! [`Kind`] decides what the outlined call does: run the function, or run the nested graph with the
//! values that the function would have been given.

use std::fmt::Display;
use std::future::{Future, ready};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{self, Poll};

use crate::build::code::{Inputs, Work};
use crate::error::{BoxError, BuildError, Failure, Trail};
use crate::exec::attempt;
use crate::exec::context::Context;
use crate::exec::plan::Place;
use crate::exec::slots::Limit;
use crate::exec::value::{Boxed, unerase};
use crate::graph::Dag;
use crate::lend::Lend;
use crate::options::TaskOptions;

/// Leads from a callee's path of several segments to its proxy.
pub trait Link {
    /// The proxy, or [`fallback::missing`](struct@fallback::missing) where there is none.
    type Node: IsNode;
}

/// A task or a dag.
pub trait IsNode: Send + Sync + 'static {
    /// What calling it means.
    type Kind: Kind<Self>;
    /// How its outputs are written and read, where they leave the process.
    type Serializer: 'static;
    /// The function's name.
    const NAME: &'static str;
    /// The names of its parameters.
    const PARAMETERS: &'static [&'static str];
    /// How it wants to be run.
    const OPTIONS: TaskOptions;

    /// The function's name, with all modules that lead to it.
    #[must_use]
    fn path() -> &'static str {
        std::any::type_name::<Self>()
    }

    /// How many calls may run at the same time in the process.
    #[must_use]
    fn limit() -> Limit {
        None
    }

    /// The graph of a dag; `None` for a task.
    ///
    /// # Errors
    ///
    /// If the graph cannot be built.
    fn graph() -> Result<Option<Dag>, BuildError> {
        Ok(None)
    }
}

/// A dag, as other dags call it.
pub trait IsDag: IsNode {
    /// A function pointer with the parameters of the dag's function, which returns [`Unlent`].
    type Call: Copy + Send + Sync;
    /// Which parameters are by reference, as nested pairs: see [`lend`](crate::lend).
    type Parameters;
    /// What the dag's function returns.
    type Return: Send + 'static;

    /// The nested call.
    fn nested() -> Self::Call;

    /// Joins the two ends of a nested run to what the function returns: the error of a dag that
    /// returns a `Result` is a value again, with the way to the node that failed, innermost first.
    ///
    /// # Errors
    ///
    /// Hands on what is not a value: a panic, a cancellation.
    fn rejoin(end: Result<Boxed, Failure>) -> Result<(Self::Return, Trail), Failure>;
}

/// A dag with its graph.
pub trait HasGraph {
    /// The graph, made when it is first asked for.
    ///
    /// # Errors
    ///
    /// As [`IsNode::graph`].
    fn built() -> Result<Dag, BuildError>;
}

/// A task with a `label`.
pub trait HasLabel: IsNode {
    /// A function pointer with the parameters of the task's function, which names the call, and
    /// returns what the function does; the future of an `async fn` in a box.
    type Call: Copy + Send + Sync;

    /// The call with its label.
    fn labelled() -> Self::Call;
}

/// What the `label` of a task makes of its arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the `label` of a task",
    label = "does not implement `Display`",
    note = "a label is text: implement `std::fmt::Display`, or write an expression that makes the text, \
            such as `label = format!(\"{{name:?}}\")`"
)]
pub trait AsLabel {
    /// Its text.
    fn text(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: Display + ?Sized> AsLabel for T {
    fn text(&self) -> String {
        self.to_string()
    }
}

/// The kinds of callees.
pub trait Kind<N: ?Sized> {
    /// What a call of the function `F` calls instead.
    type Callee<F: Copy + Send + Sync>: Copy + Send + Sync;
    /// Where it runs.
    const PLACE: Place;
    /// Whether it is a nested dag, which holds no slot of its own.
    const IS_DAG: bool;

    /// Picks the callee.
    fn pick<F: Copy + Send + Sync>(function: F) -> Self::Callee<F>;
}

/// What a call without `.await` comes to, for a callee of this kind that returned `V`.
///
/// There is an answer for every `V`, so that a call that rustc refuses is not refused again in
/// other words.
pub trait Settle<N: ?Sized, V> {
    /// What the function would have returned.
    type Output;

    /// The future of it.
    fn settle(
        value: V,
        context: &Context,
        partition: usize,
    ) -> impl Future<Output = Result<Self::Output, Failure>> + Send;

    /// The same at once, for a task.
    ///
    /// # Errors
    ///
    /// If the attempt failed, and another one may follow.
    fn ready(value: V) -> Result<Self::Output, Failure>;

    /// The same as the work of a step, which is done already for a task.
    fn work(value: V, inputs: &Inputs) -> Work<'static>
    where
        V: Send + 'static,
        Self::Output: Send + 'static;
}

/// What a call with `.await` comes to, for a callee of this kind that returned `V`.
pub trait SettleAwait<N: ?Sized, V> {
    /// What the function's future would have returned.
    type Output;

    /// The future of it.
    fn settle(
        value: V,
        context: &Context,
        partition: usize,
    ) -> impl Future<Output = Result<Self::Output, Failure>> + Send;
}

/// A `fn` with `#[task]`.
pub struct SyncTask;
/// An `async fn` with `#[task]`.
pub struct AsyncTask;
/// A `fn` with `#[dag]`.
pub struct SyncDag;
/// An `async fn` with `#[dag]`.
pub struct AsyncDag;
/// A function with neither: reported where it is called, and harmless elsewhere.
pub struct NoNode;
/// A task whose calls have a label.
pub struct Labelled<K>(PhantomData<K>);
/// A task with further attempts.
pub struct Repeated<K>(PhantomData<K>);
/// A task with further attempts. Where it returns a `Result`, an `Err` is a failed attempt.
pub struct Judged<K, const IS_RESULT: bool>(PhantomData<K>);

/// What a task returns, as far as its type tells without being asked for traits.
pub struct Returned<T>(PhantomData<T>);

impl<T, E> Returned<Result<T, E>> {
    /// Whether it is a `Result`.
    pub const IS_RESULT: bool = true;
}

/// Everything else.
pub trait IsNoResult {
    /// Whether it is a `Result`.
    const IS_RESULT: bool = false;
}

impl<T> IsNoResult for Returned<T> {}

/// Keeps what a call takes, for another attempt of it, where the task asks for further ones.
#[diagnostic::on_unimplemented(
    message = "a value that cannot be cloned moves into a task that may be called again",
    label = "`{T}` is not `Clone`",
    note = "`#[task(retry(…))]` calls the task with a clone, as long as another attempt may follow: \
            derive `Clone`, or put the value into an `Arc`"
)]
pub trait Again<T> {
    /// The same value again; `None` where there is no other attempt.
    fn again(value: &T) -> Option<T>;
}

macro_rules! once_only {
    ($($kind:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> Again<T> for $kind {
            #[inline]
            fn again(_: &T) -> Option<T> {
                None
            }
        }
    )*};
}

once_only!(SyncTask AsyncTask SyncDag AsyncDag NoNode);

impl<T, K: Again<T>> Again<T> for Labelled<K> {
    #[inline]
    fn again(value: &T) -> Option<T> {
        K::again(value)
    }
}

impl<T, K: Again<T>, const IS_RESULT: bool> Again<T> for Judged<K, IS_RESULT> {
    #[inline]
    fn again(value: &T) -> Option<T> {
        K::again(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone, K> Again<T> for Repeated<K> {
    fn again(value: &T) -> Option<T> {
        Some(value.clone())
    }
}

impl<N: HasLabel + ?Sized, K: Kind<N>> Kind<N> for Labelled<K> {
    type Callee<F: Copy + Send + Sync> = N::Call;
    const PLACE: Place = K::PLACE;
    const IS_DAG: bool = K::IS_DAG;

    fn pick<F: Copy + Send + Sync>(_: F) -> N::Call {
        N::labelled()
    }
}

/// What a task returns that is called again where it returns an `Err`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`",
    label = "a task with `retry` is judged by its `Result`"
)]
pub trait Judge: Sized {
    /// The value, or the failure of an attempt that another one may follow.
    ///
    /// # Errors
    ///
    /// What the task failed with.
    fn judge(self) -> Result<Self, Failure>;
}

/// What an attempt can fail with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a task with `retry`",
    label = "does not implement `Error + Send + Sync`",
    note = "each failed attempt is told with its error, which implements `std::error::Error`, and can be \
            sent to other threads: a type of your own, or `Box<dyn Error + Send + Sync>`"
)]
pub trait FailingAttempt: Into<BoxError> + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError> + Send + 'static> FailingAttempt for E {}

impl<T, E: FailingAttempt> Judge for Result<T, E> {
    fn judge(self) -> Result<Self, Failure> {
        match self {
            Err(error) if !attempt::is_last() => Err(Failure::of(error)),
            result => Ok(result),
        }
    }
}

macro_rules! kinds_around {
    ($($kind:ty $(, $generic:ident)?;)*) => {$(
        impl<N: ?Sized, K: Kind<N> $(, const $generic: bool)?> Kind<N> for $kind {
            type Callee<F: Copy + Send + Sync> = K::Callee<F>;
            const PLACE: Place = K::PLACE;
            const IS_DAG: bool = K::IS_DAG;

            #[inline]
            fn pick<F: Copy + Send + Sync>(function: F) -> K::Callee<F> {
                K::pick(function)
            }
        }
    )*};
}

kinds_around! {
    Repeated<K>;
    Judged<K, IS_RESULT>, IS_RESULT;
}

macro_rules! settle_as_inner {
    ($($kind:ty),*) => {$(
        impl<N: ?Sized, V, K: Settle<N, V>> Settle<N, V> for $kind {
            type Output = K::Output;

            #[inline]
            fn settle(
                value: V,
                context: &Context,
                partition: usize,
            ) -> impl Future<Output = Result<K::Output, Failure>> + Send {
                K::settle(value, context, partition)
            }

            #[inline]
            fn ready(value: V) -> Result<K::Output, Failure> {
                K::ready(value)
            }

            fn work(value: V, inputs: &Inputs) -> Work<'static>
            where
                V: Send + 'static,
                K::Output: Send + 'static,
            {
                K::work(value, inputs)
            }
        }

        impl<N: ?Sized, V, K: SettleAwait<N, V>> SettleAwait<N, V> for $kind {
            type Output = K::Output;

            #[inline]
            fn settle(
                value: V,
                context: &Context,
                partition: usize,
            ) -> impl Future<Output = Result<K::Output, Failure>> + Send {
                K::settle(value, context, partition)
            }
        }
    )*};
}

settle_as_inner!(Labelled<K>, Repeated<K>, Judged<K, false>);

impl<N: ?Sized, V: Judge + Send> Settle<N, V> for Judged<SyncTask, true> {
    type Output = V;

    fn settle(value: V, _: &Context, _: usize) -> impl Future<Output = Result<V, Failure>> + Send {
        ready(value.judge())
    }

    fn ready(value: V) -> Result<V, Failure> {
        value.judge()
    }

    fn work(value: V, _: &Inputs) -> Work<'static>
    where
        V: Send + 'static,
    {
        match value.judge() {
            Ok(value) => Work::Done(Box::new(value)),
            Err(failure) => Work::Failed(failure),
        }
    }
}

/// A future that nobody awaits.
impl<N: ?Sized, V: Send> Settle<N, V> for Judged<AsyncTask, true> {
    type Output = V;

    fn settle(
        value: V,
        context: &Context,
        partition: usize,
    ) -> impl Future<Output = Result<V, Failure>> + Send {
        <AsyncTask as Settle<N, V>>::settle(value, context, partition)
    }

    fn ready(value: V) -> Result<V, Failure> {
        Ok(value)
    }

    fn work(value: V, inputs: &Inputs) -> Work<'static>
    where
        V: Send + 'static,
    {
        <AsyncTask as Settle<N, V>>::work(value, inputs)
    }
}

/// The function itself was awaited: see [`SyncTask`].
impl<N: ?Sized, V: Send> SettleAwait<N, V> for Judged<SyncTask, true> {
    type Output = V;

    async fn settle(value: V, _: &Context, _: usize) -> Result<V, Failure> {
        Ok(value)
    }
}

impl<N: ?Sized, V: Future<Output: Judge> + Send> SettleAwait<N, V> for Judged<AsyncTask, true> {
    type Output = V::Output;

    async fn settle(value: V, _: &Context, _: usize) -> Result<V::Output, Failure> {
        value.await.judge()
    }
}

macro_rules! function_kinds {
    ($($kind:ident: $place:ident),*) => {$(
        impl<N: ?Sized> Kind<N> for $kind {
            type Callee<F: Copy + Send + Sync> = F;
            const PLACE: Place = Place::$place;
            const IS_DAG: bool = false;

            #[inline]
            fn pick<F: Copy + Send + Sync>(function: F) -> F {
                function
            }
        }

        impl<N: ?Sized, V: Send> Settle<N, V> for $kind {
            type Output = V;

            #[inline]
            fn settle(
                value: V,
                _: &Context,
                _: usize,
            ) -> impl Future<Output = Result<V, Failure>> + Send {
                ready(Ok(value))
            }

            #[inline]
            fn ready(value: V) -> Result<V, Failure> {
                Ok(value)
            }

            #[inline]
            fn work(value: V, _: &Inputs) -> Work<'static>
            where
                V: Send + 'static,
            {
                Work::Done(Box::new(value))
            }
        }
    )*};
}

macro_rules! dag_kinds {
    ($($kind:ident: $place:ident),*) => {$(
        impl<N: IsDag + ?Sized> Kind<N> for $kind {
            type Callee<F: Copy + Send + Sync> = N::Call;
            const PLACE: Place = Place::$place;
            const IS_DAG: bool = true;

            fn pick<F: Copy + Send + Sync>(_: F) -> N::Call {
                N::nested()
            }
        }

        impl<N: IsDag> SettleAwait<N, Nested<N>> for $kind {
            type Output = N::Return;

            fn settle(
                value: Nested<N>,
                context: &Context,
                partition: usize,
            ) -> impl Future<Output = Result<N::Return, Failure>> + Send {
                value.run(context, partition)
            }
        }
    )*};
}

pin_project_lite::pin_project! {
    /// The future of a task. Less than an async block: what that holds is copied when it is polled.
    struct Settled<V> {
        #[pin]
        future: V,
    }
}

impl<V: Future> Future for Settled<V> {
    type Output = Result<V::Output, Failure>;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(task).map(Ok)
    }
}

macro_rules! awaited_kinds {
    ($($kind:ident),*) => {$(
        impl<N: ?Sized, V: Future + Send> SettleAwait<N, V> for $kind {
            type Output = V::Output;

            #[inline]
            fn settle(
                value: V,
                _: &Context,
                _: usize,
            ) -> impl Future<Output = Result<V::Output, Failure>> + Send {
                Settled { future: value }
            }
        }
    )*};
}

function_kinds!(SyncTask: Compute, AsyncTask: Async, NoNode: Async);
dag_kinds!(SyncDag: Compute, AsyncDag: Async);
awaited_kinds!(AsyncTask, NoNode);

impl<N: IsDag> Settle<N, Nested<N>> for SyncDag {
    type Output = N::Return;

    fn settle(
        value: Nested<N>,
        context: &Context,
        partition: usize,
    ) -> impl Future<Output = Result<N::Return, Failure>> + Send {
        value.run(context, partition)
    }

    fn ready(_: Nested<N>) -> Result<N::Return, Failure> {
        unreachable!("a dag is not done at once")
    }

    fn work(value: Nested<N>, inputs: &Inputs) -> Work<'static> {
        let context = inputs.context();
        Work::Run(Box::pin(async move {
            let value = value.run(&context, 0).await?;
            Ok(Box::new(value) as Boxed)
        }))
    }
}

/// A nested call that nobody awaits does nothing, as the function's future.
impl<N: IsDag> Settle<N, Nested<N>> for AsyncDag {
    type Output = Nested<N>;

    fn settle(
        value: Nested<N>,
        _: &Context,
        _: usize,
    ) -> impl Future<Output = Result<Nested<N>, Failure>> + Send {
        ready(Ok(value))
    }

    fn ready(value: Nested<N>) -> Result<Nested<N>, Failure> {
        Ok(value)
    }

    fn work(value: Nested<N>, _: &Inputs) -> Work<'static> {
        Work::Done(Box::new(value))
    }
}

/// The function itself was awaited, which rustc refuses where the user wrote it.
impl<N: ?Sized, V: Send> SettleAwait<N, V> for SyncTask {
    type Output = V;

    async fn settle(value: V, _: &Context, _: usize) -> Result<V, Failure> {
        Ok(value)
    }
}

/// A call of a nested dag with its parameters by value; those by reference are lent next.
pub struct Unlent<N> {
    /// In the order of the signature; `None` for a parameter that is lent later.
    pub(crate) parameters: Vec<Option<Boxed>>,
    node: PhantomData<fn() -> N>,
}

impl<N: IsDag> Unlent<N> {
    /// A nested call with these parameters.
    #[must_use]
    pub fn new(parameters: Vec<Option<Boxed>>) -> Self {
        Self { parameters, node: PhantomData }
    }
}

/// A call of a nested dag with all of its parameters, in the order of the signature.
pub struct Nested<N> {
    parameters: Vec<Boxed>,
    node: PhantomData<fn() -> N>,
}

impl<N: IsDag> Nested<N> {
    pub(crate) fn new(parameters: Vec<Boxed>) -> Self {
        Self { parameters, node: PhantomData }
    }

    async fn run(self, context: &Context, partition: usize) -> Result<N::Return, Failure> {
        let Ok(Some(dag)) = N::graph() else {
            unreachable!("a dag is built with the dags it calls")
        };
        context.run_nested(dag, self.parameters, N::rejoin, partition).await
    }
}

/// A `Result`, as what a dag's function returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result`",
    label = "a `#[dag]` whose body ends nodes with `?`, or itself with `Ok(…)`, returns a `Result`"
)]
pub trait Fallible {
    /// The value of a run that succeeds.
    type Value: Send + 'static;
    /// The error of one that fails.
    type Error: Failing;

    /// Joins the two.
    fn join(end: Result<Self::Value, Self::Error>) -> Self;

    /// Splits it into the two.
    ///
    /// # Errors
    ///
    /// The dag's.
    fn split(self) -> Result<Self::Value, Self::Error>;
}

/// What a dag can fail with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a `#[dag]`",
    label = "does not implement `Error + Send + Sync`",
    note = "an error implements `std::error::Error`, and can be sent to other threads: a type of your own, or \
            `Box<dyn Error + Send + Sync>`"
)]
pub trait Failing: Into<BoxError> + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError> + Send + 'static> Failing for E {}

impl<T: Send + 'static, E: Failing> Fallible for Result<T, E> {
    type Value = T;
    type Error = E;

    fn join(end: Self) -> Self {
        end
    }

    fn split(self) -> Self {
        self
    }
}

/// [`IsDag::rejoin`] of a dag that cannot fail.
///
/// # Errors
///
/// Hands the failure on.
pub fn rejoin<R: 'static>(end: Result<Boxed, Failure>) -> Result<(R, Trail), Failure> {
    end.map(|value| (unerase(value), Trail::default()))
}

/// [`IsDag::rejoin`] of a dag that returns a `Result`.
///
/// # Errors
///
/// Hands on what is not an error of the dag's own type.
pub fn rejoin_fallible<R: Fallible>(end: Result<Boxed, Failure>) -> Result<(R, Trail), Failure> {
    let failure = match end {
        Ok(value) => return Ok((R::join(Ok(unerase(value))), Trail::default())),
        Err(failure) => failure,
    };
    let (error, trail) = failure.into_error::<R::Error>()?;
    Ok((R::join(Err(error)), trail))
}

/// The kind of a callee.
pub type KindOf<N> = <N as IsNode>::Kind;

/// Settles a call that was written with `.await`.
#[inline]
pub fn settle_await<N: IsNode, V>(
    value: V,
    context: &Context,
    partition: usize,
) -> impl Future<Output = Result<<KindOf<N> as SettleAwait<N, V>>::Output, Failure>> + Send
where
    KindOf<N>: SettleAwait<N, V>,
{
    <KindOf<N> as SettleAwait<N, V>>::settle(value, context, partition)
}

/// What `?` makes of a call's `Result`: the value, or the failure of its dag, whose own error type
/// is `E`.
///
/// # Errors
///
/// If the call failed.
#[inline]
pub fn question<T, E: Into<BoxError> + Send + 'static>(
    result: Result<T, E>,
    context: &Context,
    partition: usize,
) -> Result<T, Failure> {
    result.map_err(|error| Failure::of(error).with(context.take_trail(partition)))
}

/// A task or a dag that really is one: not the [`fallback`].
pub trait IsKnown {}

/// Says at the callee that it is no node.
#[diagnostic::on_unimplemented(
    message = "this function is neither a `#[task]` nor a `#[dag]`",
    label = "the body of a `#[dag]` calls tasks and dags only",
    note = "put `#[task]` on the function, or call it inside of a task"
)]
pub trait CalledAs<N> {}

/// A function, which has to be a node.
pub struct Function;

/// No function at all, which rustc reports.
pub struct Nothing;

#[diagnostic::do_not_recommend]
impl<N: IsKnown> CalledAs<N> for Function {}

#[diagnostic::do_not_recommend]
impl<N> CalledAs<N> for Nothing {}

/// What a call of a node returned, which came from a node, with the owners of its arguments.
#[inline]
pub fn called<N, C, V, O>(_: C, value: V, owners: O) -> <KindOf<N> as Lend<N, V, O>>::Output
where
    N: IsNode,
    C: CalledAs<N>,
    KindOf<N>: Lend<N, V, O>,
{
    <KindOf<N> as Lend<N, V, O>>::lend(value, owners)
}

/// A callee with `COUNT` arguments that is to be picked.
pub struct Pick<N, F, const COUNT: usize> {
    function: F,
    node: PhantomData<fn() -> N>,
}

impl<N: IsNode, F, const COUNT: usize> Pick<N, F, COUNT> {
    /// The function as the body names it.
    #[inline]
    pub fn new(function: F) -> Self {
        Self { function, node: PhantomData }
    }
}

/// What to call. Generated code mentions the fields, by names that are nobody else's.
#[expect(clippy::pub_underscore_fields)]
pub struct Picked<F, C> {
    /// A function, or a pointer to one.
    pub __dagger_f: F,
    /// See [`CalledAs`].
    pub __dagger_is: C,
}

/// Picks what the call of a function calls in the graph.
pub trait PickFunction {
    /// The function itself, or a dag's nested call.
    type Callee;

    /// Picks it.
    fn pick(self) -> Picked<Self::Callee, Function>;

    /// Picks it for a call whose value nobody reads.
    fn pick_unread(self) -> Picked<Self::Callee, Function>;
}

impl<N: IsNode, F: Copy + Send + Sync, const COUNT: usize> PickFunction for Pick<N, F, COUNT> {
    type Callee = <KindOf<N> as Kind<N>>::Callee<F>;

    #[inline]
    fn pick(self) -> Picked<Self::Callee, Function> {
        let function = <KindOf<N> as Kind<N>>::pick(self.function);
        Picked { __dagger_f: function, __dagger_is: Function }
    }

    #[inline]
    fn pick_unread(self) -> Picked<Self::Callee, Function> {
        self.pick()
    }
}

/// Lets the call of a function that does not exist pass: rustc reports it in the function.
macro_rules! pick_nothing {
    ($($n:literal: $($argument:ident)*;)*) => {$(
        impl<N> Pick<N, fallback::NoFunction, $n> {
            /// A function that takes and returns whatever is wanted.
            #[must_use]
            pub fn pick<R $(, $argument)*>(self) -> Picked<fn($($argument),*) -> R, Nothing> {
                let function = |$(_: $argument),*| unreachable!("the program does not compile");
                Picked { __dagger_f: function, __dagger_is: Nothing }
            }

            /// The same for a value that nobody reads, whose type nobody would say.
            #[must_use]
            pub fn pick_unread<$($argument),*>(self) -> Picked<fn($($argument),*), Nothing> {
                self.pick()
            }
        }
    )*};
}

pick_nothing! {
    0: ;
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E G;
    7: A B C D E G H;
    8: A B C D E G H I;
}

/// The stand-ins for a proxy, and for a function, that does not exist.
pub mod fallback {
    use super::{IsNode, NoNode, TaskOptions};

    /// What a callee's name resolves to, as a type, where it is neither a task nor a dag.
    #[allow(non_camel_case_types)]
    pub struct missing {}

    /// See [`missing`](struct@missing).
    #[derive(Clone, Copy)]
    pub struct NoFunction;

    /// What a callee's name resolves to, as a value, where there is no function of that name.
    #[allow(non_upper_case_globals)]
    pub const missing: NoFunction = NoFunction;

    impl IsNode for missing {
        type Kind = NoNode;
        type Serializer = crate::serializer::Json;
        const NAME: &'static str = "unknown";
        const PARAMETERS: &'static [&'static str] = &[];
        const OPTIONS: TaskOptions = TaskOptions::DEFAULT;
    }
}
