//! The work of a node: its callee is called with what its inputs received.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::function::{AsyncFunction, AsyncMapFunction, Function, MapFunction};
use super::source::Source;
use super::tuple::{Item, MapInputs, NodeInputs};
use crate::callee::{
    Again, AsyncDag, AsyncTask, Fallible, HasLabel, IsDag, IsNode, Judge, Judged, Kind, Labelled,
    Repeated, SyncDag, SyncTask, question,
};
use crate::error::{Failure, Trail};
use crate::exec::attempt::{is_last, once};
use crate::exec::context::Context;
use crate::exec::map::{Feed, Ordered, Part, Partitions, map_future, place};
use crate::exec::plan::{BoxFuture, Ended, Place, Start, Work};
use crate::exec::signature::{Results, Signature, Type};
use crate::exec::value::{Boxed, Value, Values, unerase};
use crate::graph::Dag;
use crate::options::TaskOptions;

/// What becomes of a callee's value.
#[doc(hidden)]
pub trait Finish<R>: 'static {
    type Value: Send + 'static;

    fn finish(value: R, context: &Context, partition: usize) -> Result<Self::Value, Failure>;
}

/// The value is the output.
#[doc(hidden)]
pub(super) struct AsItIs;

/// An error ends the dag.
#[doc(hidden)]
pub(super) struct Try;

impl<R: Send + 'static> Finish<R> for AsItIs {
    type Value = R;

    #[inline]
    fn finish(value: R, _: &Context, _: usize) -> Result<R, Failure> {
        Ok(value)
    }
}

impl<R: Fallible> Finish<R> for Try {
    type Value = R::Value;

    #[inline]
    fn finish(value: R, context: &Context, partition: usize) -> Result<R::Value, Failure> {
        question(value.split(), context, partition)
    }
}

/// A node without a proxy, of this kind.
pub struct Closure<K>(PhantomData<K>);

/// A dag as a value that only computes.
pub struct ComputingDag;
/// A dag as a value.
pub struct AnyDag;

macro_rules! nodes_without_proxy {
    ($($kind:ident)*) => {$(
        impl IsNode for Closure<$kind> {
            type Kind = $kind;
            type Serializer = crate::serializer::Json;
            const NAME: &'static str = "";
            const PARAMETERS: &'static [&'static str] = &[];
            const OPTIONS: TaskOptions = TaskOptions::DEFAULT;
        }
    )*};
}

macro_rules! dag_kinds {
    ($($kind:ident: $place:ident),*) => {$(
        impl<N: ?Sized> Kind<N> for $kind {
            type Callee<F: Copy + Send + Sync> = F;
            const PLACE: Place = Place::$place;
            const IS_DAG: bool = true;

            fn pick<F: Copy + Send + Sync>(function: F) -> F {
                function
            }
        }
    )*};
}

nodes_without_proxy!(SyncTask AsyncTask ComputingDag AnyDag);
dag_kinds!(ComputingDag: Compute, AnyDag: Async);

/// A kind of callee that is called by its function.
#[doc(hidden)]
pub trait Calls<N, F, I: NodeInputs> {
    type Output: Send + 'static;

    fn start<Q: Finish<Self::Output>>(function: F, inputs: I) -> Start;
}

/// A kind of callee that is mapped by its function.
#[doc(hidden)]
pub trait MapCalls<N, F, I: MapInputs> {
    type Output: Send + 'static;

    fn start<Q, V, C>(function: F, inputs: I) -> Start
    where
        Q: Finish<Self::Output, Value = V>,
        V: Send + 'static,
        C: FromIterator<V> + Send + 'static;
}

/// A kind of task with its inputs; `Q` makes its output of what it returns.
struct TaskCall<K, N, F, I, Q> {
    function: F,
    inputs: I,
    types: PhantomData<fn() -> (K, N, Q)>,
}

/// What a task returned, as the value of an attempt, or its failure.
trait Judges<V> {
    fn judge(value: V) -> Result<V, Failure>;
}

macro_rules! call_tasks {
    ($([$($generic:tt)*] $kind:ty: $function:ident $(, $await:tt)? $(; $now:ident)?;)*) => {$(
        impl<N, F, I $($generic)*> Calls<N, F, I> for $kind
        where
            N: IsNode,
            F: $function<I>,
            I: NodeInputs,
            Self: Again<I::Held> + Judges<F::Output>,
        {
            type Output = F::Output;

            fn start<Q: Finish<F::Output>>(function: F, inputs: I) -> Start {
                Arc::new(TaskCall { function, inputs, types: PhantomData::<fn() -> (Self, N, Q)> })
            }
        }

        impl<N, F, I, Q $($generic)*> Work for TaskCall<$kind, N, F, I, Q>
        where
            N: IsNode,
            F: $function<I>,
            I: NodeInputs,
            Q: Finish<F::Output>,
            $kind: Again<I::Held> + Judges<F::Output>,
        {
            $(fn $now(&self, context: &Context, values: &mut Values) -> Option<Ended> {
                if N::OPTIONS.needs_attempts() {
                    return None;
                }
                context.now(N::limit(), || {
                    let mut held = self.inputs.receive(&mut values.drain(..));
                    let value = self.function.call(&self.inputs, &mut held);
                    drop(held);
                    Ok(Box::new(Q::finish(value, context, 0)?) as Boxed)
                })
            })?

            fn start(self: Arc<Self>, context: Context, mut values: Values) -> BoxFuture<Ended> {
                let is_plain = !N::OPTIONS.needs_attempts();
                context.start(is_plain, |context| Box::pin(async move {
                    let Self { function, inputs, .. } = &*self;
                    let mut held = Some(inputs.receive(&mut values.drain(..)));
                    let context = &context;
                    let call = || {
                        let held = match N::OPTIONS.retry.is_some() && !is_last() {
                            true => held.as_ref().and_then(<$kind as Again<I::Held>>::again),
                            false => held.take(),
                        };
                        async move {
                            let Some(mut held) = held else {
                                unreachable!("the inputs are kept until the last attempt")
                            };
                            let value = function.call(inputs, &mut held)$(.$await)?;
                            drop(held);
                            let value = <$kind as Judges<F::Output>>::judge(value)?;
                            Ok(Box::new(Q::finish(value, context, 0)?) as Boxed)
                        }
                    };
                    once(context, (&N::OPTIONS, N::limit(), place::<N>()), call).await
                }))
            }
        }
    )*};
}

call_tasks! {
    [] SyncTask: Function; now;
    [] AsyncTask: AsyncFunction, await;
    [, const IS_RESULT: bool] Repeated<Judged<SyncTask, IS_RESULT>>: Function;
    [, const IS_RESULT: bool] Repeated<Judged<AsyncTask, IS_RESULT>>: AsyncFunction, await;
}

macro_rules! judges_nothing {
    ($([$($generic:tt)*] $kind:ty;)*) => {$(
        impl<V $($generic)*> Judges<V> for $kind {
            fn judge(value: V) -> Result<V, Failure> {
                Ok(value)
            }
        }
    )*};
}

judges_nothing! {
    [] SyncTask;
    [] AsyncTask;
    [, K] Repeated<Judged<K, false>>;
}

impl<V: Judge, K> Judges<V> for Repeated<Judged<K, true>> {
    fn judge(value: V) -> Result<V, Failure> {
        value.judge()
    }
}

/// The label comes from the function that names the call.
impl<N, F, I, K> Calls<N, F, I> for Labelled<K>
where
    N: HasLabel,
    I: NodeInputs,
    K: Calls<N, N::Call, I>,
{
    type Output = K::Output;

    fn start<Q: Finish<K::Output>>(_: F, inputs: I) -> Start {
        K::start::<Q>(N::labelled(), inputs)
    }
}

impl<N, F, I, K> MapCalls<N, F, I> for Labelled<K>
where
    N: HasLabel,
    I: MapInputs,
    K: MapCalls<N, N::Call, I>,
{
    type Output = K::Output;

    fn start<Q, V, C>(_: F, inputs: I) -> Start
    where
        Q: Finish<K::Output, Value = V>,
        V: Send + 'static,
        C: FromIterator<V> + Send + 'static,
    {
        K::start::<Q, V, C>(N::labelled(), inputs)
    }
}

/// What all partitions of a map share.
struct Shared<F, I: MapInputs> {
    call: Arc<(F, I)>,
    values: I::Shared,
    kept: <I::Source as Source>::Kept,
}

impl<F, I: MapInputs> Clone for Shared<F, I> {
    fn clone(&self) -> Self {
        Self { call: Arc::clone(&self.call), values: self.values.clone(), kept: self.kept.clone() }
    }
}

type Items<I> = <<I as MapInputs>::Source as Source>::Items;

/// A map whose worker is `work`.
fn start_map<N, F, I, O, C, Fut>(
    function: F,
    inputs: I,
    work: fn(Feed<Items<I>, O>, Context, Shared<F, I>) -> Fut,
) -> Start
where
    N: IsNode,
    F: Send + Sync + 'static,
    I: MapInputs,
    O: Send + 'static,
    C: FromIterator<O> + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let collect = |results: Ordered<O>, _: &Context, _: usize| Ok(results.collect::<C>());
    let run = move |context, partitions, shared| {
        map_future::<N, _, _, _, _, _, _>(context, partitions, shared, work, collect)
    };
    let (call, results) = (Arc::new((function, inputs)), PhantomData::<fn() -> (O, C)>);
    Arc::new(MapCall { call, run: Arc::new(run), batch: None, results })
}

/// Runs a map.
type RunMap<F, I> =
    dyn Fn(Context, Partitions<Items<I>>, Shared<F, I>) -> BoxFuture<Ended> + Send + Sync;

/// A map.
struct MapCall<F, I: MapInputs, O, C> {
    call: Arc<(F, I)>,
    run: Arc<RunMap<F, I>>,
    /// Where among the values is the one that has the partitions, for a batch of them.
    batch: Option<usize>,
    results: PhantomData<fn() -> (O, C)>,
}

impl<F, I, O, C> Work for MapCall<F, I, O, C>
where
    F: Send + Sync + 'static,
    I: MapInputs,
    O: Send + 'static,
    C: FromIterator<O> + Send + 'static,
{
    fn start(self: Arc<Self>, context: Context, mut values: Values) -> BoxFuture<Ended> {
        let mut part = None;
        // What comes in place of an owned value is the batch; behind a shared one come the places.
        if let Some(source) = self.batch
            && matches!(values[source], Value::Shared(_))
        {
            part = values.pop().and_then(|part| Part::unbox(part.into_boxed()).ok());
        }
        let (collection, shared) = self.call.1.receive(&mut values.drain(..));
        let Some(collection) = collection else {
            unreachable!("a map without partitions has no graph")
        };
        let (partitions, kept) = I::Source::start(collection);
        let partitions = part.map_or(partitions, Part::borrowed);
        let shared = Shared { call: Arc::clone(&self.call), values: shared, kept };
        context.start(false, |context| (self.run)(context, partitions, shared))
    }

    fn for_batch(self: Arc<Self>, source: usize) -> Option<Start> {
        let (call, run) = (Arc::clone(&self.call), Arc::clone(&self.run));
        Some(Arc::new(Self { call, run, batch: Some(source), results: PhantomData }))
    }

    fn fan_out(&self, value: Value, each: &mut dyn FnMut(Boxed) -> bool) {
        for partition in I::Source::partitions(value).into_iter().flatten() {
            if !each(partition) {
                break;
            }
        }
    }

    fn gather(&self, results: Vec<Boxed>) -> Option<Boxed> {
        let results: C = results.into_iter().map(unerase::<O>).collect();
        Some(Box::new(results))
    }
}

macro_rules! map_tasks {
    ($([$($generic:tt)*] $kind:ty: $function:ident, $method:ident $(, $async:tt $await:tt)?;)*) => {$(
        impl<N, F, I $($generic)*> MapCalls<N, F, I> for $kind
        where
            N: IsNode,
            F: $function<I>,
            I: MapInputs,
            Self: for<'a> Again<Item<'a, I>> + Judges<F::Output>,
        {
            type Output = F::Output;

            fn start<Q, V, C>(function: F, inputs: I) -> Start
            where
                Q: Finish<F::Output, Value = V>,
                V: Send + 'static,
                C: FromIterator<V> + Send + 'static,
            {
                start_map::<N, F, I, V, C, _>(function, inputs, |feed, context, shared| async move {
                    let Shared { call, values, kept } = &shared;
                    let ((function, inputs), context) = (&**call, &context);
                    let call = move |partition, item| $($async move)? {
                        let value = function.call_each(inputs, values, Some(item))$(.$await)?;
                        Q::finish(Self::judge(value)?, context, partition)
                    };
                    I::Source::$method::<N, Self, _, _ $(, map_tasks!(@$async))?>(feed, kept, call).await;
                })
            }
        }
    )*};
    (@async) => { _ };
}

map_tasks! {
    [] SyncTask: MapFunction, compute;
    [] AsyncTask: AsyncMapFunction, each, async await;
    [, const IS_RESULT: bool] Repeated<Judged<SyncTask, IS_RESULT>>: MapFunction, compute;
    [, const IS_RESULT: bool] Repeated<Judged<AsyncTask, IS_RESULT>>: AsyncMapFunction, each, async await;
}

/// A dag that is called, and how its end becomes a value.
pub(super) struct Nested<R> {
    dag: Dag,
    /// What makes a parameter of an input of another type.
    conversions: Vec<Option<fn(Boxed) -> Boxed>>,
    rejoin: fn(Result<Boxed, Failure>) -> Result<(R, Trail), Failure>,
}

impl<R> Nested<R> {
    pub(super) fn new(
        dag: Dag,
        types: &[Option<Type>],
        rejoin: fn(Result<Boxed, Failure>) -> Result<(R, Trail), Failure>,
    ) -> Self {
        let parameters = dag.signature().parameters.iter();
        let conversions = parameters.zip(types);
        let conversions =
            conversions.map(|(parameter, ty)| ty.and_then(|ty| parameter.conversion(ty)));
        Self { conversions: conversions.collect(), dag, rejoin }
    }

    /// A `#[dag]` that is called; nothing, where it has no graph.
    fn of<N: IsDag<Return = R>>(types: &[Option<Type>]) -> Option<Self> {
        let dag = N::graph().ok().flatten()?;
        Some(Self::new(dag, types, N::rejoin))
    }

    async fn run<Q: Finish<R>>(
        &self,
        parameters: Vec<Boxed>,
        context: &Context,
        partition: usize,
    ) -> Result<Q::Value, Failure> {
        let parameters = parameters.into_iter().zip(&self.conversions);
        let parameters = parameters.map(|(parameter, conversion)| match conversion {
            Some(convert) => convert(parameter),
            None => parameter,
        });
        let (dag, parameters) = (self.dag.clone(), parameters.collect());
        let value = context.run_nested(dag, parameters, self.rejoin, partition).await?;
        Q::finish(value, context, partition)
    }
}

pub(super) fn start_nested<Q, R, I>(nested: Nested<R>, inputs: I) -> Start
where
    Q: Finish<R>,
    R: Send + 'static,
    I: NodeInputs,
{
    let call = Arc::new((nested, inputs));
    Arc::new(move |context: Context, mut values: Values| -> BoxFuture<_> {
        let call = Arc::clone(&call);
        Box::pin(async move {
            if context.run.is_stopped() {
                return Err(Failure::cancelled());
            }
            let (nested, inputs) = &*call;
            let parameters = {
                let mut held = inputs.receive(&mut values.drain(..));
                inputs.boxed(&mut held)
            };
            Ok(Box::new(nested.run::<Q>(parameters, &context, 0).await?) as Boxed)
        })
    })
}

pub(super) fn start_nested_map<N, Q, V, C, R, I>(nested: Nested<R>, inputs: I) -> Start
where
    N: IsNode,
    Q: Finish<R, Value = V>,
    V: Send + 'static,
    C: FromIterator<V> + Send + 'static,
    R: Send + 'static,
    I: MapInputs,
{
    start_map::<N, _, I, V, C, _>(nested, inputs, |feed, context, shared| async move {
        let Shared { call, values, kept } = &shared;
        let ((nested, inputs), context) = (&**call, &context);
        let call = move |partition, item| {
            let parameters = inputs.boxed(values, Some(item));
            nested.run::<Q>(parameters, context, partition)
        };
        I::Source::each::<N, AsyncDag, _, _, _>(feed, kept, call).await;
    })
}

/// A node of a dag that has no graph.
fn never() -> Start {
    Arc::new(|_, _| -> BoxFuture<_> {
        unreachable!("the error of a nested dag is one of the dag around it")
    })
}

macro_rules! call_dags {
    ($($kind:ident: $function:ident, $map_function:ident;)*) => {$(
        impl<N, F, I> Calls<N, F, I> for $kind
        where
            N: IsDag<Kind = Self>,
            F: $function<I, Output = N::Return>,
            I: NodeInputs,
        {
            type Output = N::Return;

            fn start<Q: Finish<N::Return>>(_: F, inputs: I) -> Start {
                match Nested::of::<N>(&inputs.boxed_types()) {
                    Some(nested) => start_nested::<Q, _, _>(nested, inputs),
                    None => never(),
                }
            }
        }

        impl<N, F, I> MapCalls<N, F, I> for $kind
        where
            N: IsDag<Kind = Self>,
            F: $map_function<I, Output = N::Return>,
            I: MapInputs,
        {
            type Output = N::Return;

            fn start<Q, V, C>(_: F, inputs: I) -> Start
            where
                Q: Finish<N::Return, Value = V>,
                V: Send + 'static,
                C: FromIterator<V> + Send + 'static,
            {
                match Nested::of::<N>(&inputs.boxed_types()) {
                    Some(nested) => start_nested_map::<N, Q, V, C, _, _>(nested, inputs),
                    None => never(),
                }
            }
        }
    )*};
}

call_dags! {
    SyncDag: Function, MapFunction;
    AsyncDag: AsyncFunction, AsyncMapFunction;
}

/// The end of a dag as a value: its only output, whose type was checked.
pub(super) fn rejoin<T: 'static>(end: Result<Boxed, Failure>) -> Result<(T, Trail), Failure> {
    let value = end?;
    let value = match value.downcast::<Vec<Boxed>>() {
        // No outputs at all: the only type that fits is `()`.
        Ok(outputs) => outputs.into_iter().next().unwrap_or_else(|| Box::new(())),
        Err(whole) => whole,
    };
    Ok((unerase(value), Trail::default()))
}

impl Signature {
    /// The type of a dag's only output, `()` where it has none, and nothing where it has several.
    pub(super) fn returns(&self) -> Option<Type> {
        match &self.results {
            Results::Whole(ty) => Some(*ty),
            Results::Each(types) => match &types[..] {
                [] => Some(Type::of::<()>()),
                [ty] => Some(*ty),
                _ => None,
            },
        }
    }
}

/// Where a dag as a value belongs.
pub(super) fn place_of(dag: &Dag) -> Place {
    if dag.plan().computes_only { Place::Compute } else { Place::Async }
}
