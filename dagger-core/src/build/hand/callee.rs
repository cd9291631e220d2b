//! What a node runs: a `#[task]` or a `#[dag]` by its function, a closure, or a dag as a value.

use std::borrow::Cow;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::function::{AsyncFunction, AsyncMapFunction, Function, MapFunction};
use super::reads::Reads;
use super::source::Source;
use super::tuple::{MapInputs, NodeInputs};
use crate::build::draft::{self, Text};
use crate::build::table::enter;
use crate::callee::{
    AsyncDag, AsyncTask, Fallible, IsDag, IsNode, Kind, SyncDag, SyncTask, question,
};
use crate::error::{BuildError, Failure, Frame};
use crate::exec::context::Context;
use crate::exec::map::{Feed, map_future};
use crate::exec::merge::Ordered;
use crate::exec::plan::{BoxFuture, Place, Start, Work};
use crate::exec::signature::{Results, Signature, Type};
use crate::exec::value::{Boxed, Value, unerase};
use crate::graph::{Dag, NodeKind};
use crate::options::TaskOptions;

/// What a node that runs once can call, with these inputs: `node!(f)`, a [`Task`], or
/// [`Dag::returning`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called with the inputs `{I}`",
    label = "`node!(f)`, a `Task` or `dag.returning::<T>()` is called here",
    note = "each input is one parameter, in order: a handle `x` is a `T`, `x.by_ref()` a `&T`"
)]
pub trait Callee<I> {
    /// What it returns.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn prepare<Q: Finish<Self::Output>>(self, inputs: I, reads: &mut Reads) -> Prepared;
}

/// What a map can call, with these inputs: `node!(f)`, a [`Task`], or [`Dag::returning`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be mapped with the inputs `{I}`",
    label = "`node!(f)`, a `Task` or `dag.returning::<T>()` is called here",
    note = "each input is one parameter, in order: `x.each()` is a partition, `x.by_ref()` a `&T`"
)]
pub trait MapCallee<I> {
    /// What it returns for a partition.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn prepare<Q, V, C>(self, inputs: I, reads: &mut Reads) -> Prepared
    where
        Q: Finish<Self::Output, Value = V>,
        V: Send + 'static,
        C: FromIterator<V> + Send + 'static;
}

/// A node, ready to be built.
#[doc(hidden)]
pub struct Prepared {
    pub(super) about: About,
    /// How many inputs it has.
    pub(super) length: usize,
    /// The types of the inputs, where a dag is called.
    pub(super) types: Vec<Option<Type>>,
    pub(super) start: Start,
}

impl Prepared {
    /// A node that runs once; `start` makes its work.
    fn once<I: NodeInputs>(
        about: About,
        inputs: I,
        reads: &mut Reads,
        start: impl FnOnce(I) -> Start,
    ) -> Self {
        inputs.read(reads);
        let types = if about.is_dag() { inputs.boxed_types() } else { Vec::new() };
        Self { about, length: I::LENGTH, types, start: start(inputs) }
    }

    /// A map; `start` makes its work.
    fn map<I: MapInputs>(
        about: About,
        inputs: I,
        reads: &mut Reads,
        start: impl FnOnce(I) -> Start,
    ) -> Self {
        inputs.read(reads);
        let types = if about.is_dag() { inputs.boxed_types() } else { Vec::new() };
        Self { about, length: I::LENGTH, types, start: start(inputs) }
    }
}

/// What a builder asks of a callee.
pub(super) struct About {
    pub(super) callee: draft::Callee,
    pub(super) kind: Result<NodeKind, BuildError>,
    pub(super) place: Place,
    /// What a dag as a value has to return.
    pub(super) returns: Option<Type>,
}

impl About {
    fn is_dag(&self) -> bool {
        matches!(self.kind, Ok(NodeKind::Dag(_)))
    }
}

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

/// A `#[task]` or a `#[dag]`, by its function: what the macro `node!(f)` of `dagger` makes.
pub struct FunctionNode<N, F> {
    function: F,
    name: Option<Text>,
    node: PhantomData<fn() -> N>,
}

impl<N: IsNode, F> FunctionNode<N, F> {
    /// For `node!`: the proxy and the function of one name.
    #[doc(hidden)]
    #[must_use]
    pub fn new(function: F) -> Self {
        Self { function, name: None, node: PhantomData }
    }

    /// The name of the node, which is the function's where nothing else is said, with a number
    /// where the dag calls the function more than once.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    fn about(&self) -> About {
        let kind = N::graph();
        let callee = match &self.name {
            None => draft::Callee::Function(draft::Function::of::<N>()),
            Some(name) => draft::Callee::Task(Arc::new(draft::Task {
                name: name.clone(),
                is_given: true,
                parameters: N::PARAMETERS.iter().map(|name| Cow::Borrowed(*name)).collect(),
                options: N::OPTIONS,
            })),
        };
        About {
            callee,
            kind: kind.map(|dag| dag.map_or(NodeKind::Task, NodeKind::Dag)),
            place: <N::Kind as Kind<N>>::PLACE,
            returns: None,
        }
    }
}

/// A task that is a closure, or any other function without `#[task]`.
///
/// The closure says the types of its parameters, `|n: u64| n + 1`, as nothing else does.
///
/// # Examples
///
/// ```
/// use dagger_core::{Dag, build::hand::Task};
///
/// let step = 3; // What a closure captures is the same for all runs.
/// let mut dag = Dag::builder("add");
/// let n = dag.parameter::<u64>("n");
/// let sum = dag.node(Task::new("add-step", ["n"], move |n: u64| n + step), (n,));
/// dag.output("return_value", sum);
/// assert_eq!(dag.build().unwrap().nodes()[0].name, "add-step");
/// ```
pub struct Task<F, K = SyncTask> {
    function: F,
    about: Arc<draft::Task>,
    kind: PhantomData<fn() -> K>,
}

impl<F> Task<F> {
    /// A task that computes: where its node runs it is called on a compute thread.
    ///
    /// `name` names its nodes, which are numbered where there are several; `parameters` are the
    /// names of the closure's parameters.
    pub fn new<P: Into<Cow<'static, str>>>(
        name: impl Into<Cow<'static, str>>,
        parameters: impl IntoIterator<Item = P>,
        function: F,
    ) -> Self {
        Self::of(name.into(), parameters, function)
    }
}

impl<F> Task<F, AsyncTask> {
    /// An async task: a closure that returns a future, or an async closure.
    ///
    /// # Examples
    ///
    /// ```
    /// use dagger_core::{Dag, build::hand::Task};
    ///
    /// let mut dag = Dag::builder("greet");
    /// let name = dag.parameter::<String>("name");
    /// let greet = Task::new_async("greet", ["name"], async |name: &str| format!("hello {name}"));
    /// let greeting = dag.node(greet, (name.by_ref(),));
    /// dag.output("return_value", greeting);
    /// assert!(dag.build().is_ok());
    /// ```
    pub fn new_async<P: Into<Cow<'static, str>>>(
        name: impl Into<Cow<'static, str>>,
        parameters: impl IntoIterator<Item = P>,
        function: F,
    ) -> Self {
        Self::of(name.into(), parameters, function)
    }
}

impl<F, K> Task<F, K> {
    fn of<P: Into<Cow<'static, str>>>(
        name: Cow<'static, str>,
        parameters: impl IntoIterator<Item = P>,
        function: F,
    ) -> Self {
        let task = draft::Task {
            name,
            is_given: false,
            parameters: parameters.into_iter().map(Into::into).collect(),
            options: TaskOptions::DEFAULT,
        };
        Self { function, about: Arc::new(task), kind: PhantomData }
    }

    /// The name of the node, never numbered.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        let task = draft::Task { name: name.into(), is_given: true, ..(*self.about).clone() };
        Self { about: Arc::new(task), ..self }
    }
}

impl<F, K> Task<F, K>
where
    Closure<K>: IsNode<Kind = K>,
    K: Kind<Closure<K>>,
{
    fn about(&self) -> About {
        About {
            callee: draft::Callee::Task(Arc::clone(&self.about)),
            kind: Ok(NodeKind::Task),
            place: K::PLACE,
            returns: None,
        }
    }
}

/// A dag as a value, to be called in another: what [`Dag::returning`] makes.
pub struct DagNode<T> {
    dag: Dag,
    name: Option<Text>,
    value: PhantomData<fn() -> T>,
}

impl<T: 'static> DagNode<T> {
    pub(super) fn new(dag: Dag) -> Self {
        Self { dag, name: None, value: PhantomData }
    }

    /// The name of the node, never numbered.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    fn about(&self) -> About {
        let parameters = self.dag.parameters().iter();
        let parameters = parameters.map(|parameter| Cow::Owned(parameter.name.clone()));
        let task = draft::Task {
            name: self.name.clone().unwrap_or_else(|| self.dag.name().to_owned().into()),
            is_given: self.name.is_some(),
            parameters: parameters.collect(),
            options: TaskOptions::DEFAULT,
        };
        About {
            callee: draft::Callee::Task(Arc::new(task)),
            place: place_of(&self.dag),
            kind: Ok(NodeKind::Dag(self.dag.clone())),
            returns: Some(Type::of::<T>()),
        }
    }
}

fn place_of(dag: &Dag) -> Place {
    if dag.plan().computes_only { Place::Compute } else { Place::Async }
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

impl<N, F, I> Callee<I> for FunctionNode<N, F>
where
    N: IsNode<Kind: Calls<N, F, I>>,
    I: NodeInputs,
{
    type Output = <N::Kind as Calls<N, F, I>>::Output;

    fn prepare<Q: Finish<Self::Output>>(self, inputs: I, reads: &mut Reads) -> Prepared {
        Prepared::once(self.about(), inputs, reads, |inputs| {
            <N::Kind as Calls<N, F, I>>::start::<Q>(self.function, inputs)
        })
    }
}

impl<N, F, I> MapCallee<I> for FunctionNode<N, F>
where
    N: IsNode<Kind: MapCalls<N, F, I>>,
    I: MapInputs,
{
    type Output = <N::Kind as MapCalls<N, F, I>>::Output;

    fn prepare<Q, V, C>(self, inputs: I, reads: &mut Reads) -> Prepared
    where
        Q: Finish<Self::Output, Value = V>,
        V: Send + 'static,
        C: FromIterator<V> + Send + 'static,
    {
        Prepared::map(self.about(), inputs, reads, |inputs| {
            <N::Kind as MapCalls<N, F, I>>::start::<Q, V, C>(self.function, inputs)
        })
    }
}

impl<F, K, I> Callee<I> for Task<F, K>
where
    Closure<K>: IsNode<Kind = K>,
    K: Kind<Closure<K>> + Calls<Closure<K>, F, I>,
    I: NodeInputs,
{
    type Output = K::Output;

    fn prepare<Q: Finish<Self::Output>>(self, inputs: I, reads: &mut Reads) -> Prepared {
        Prepared::once(self.about(), inputs, reads, |inputs| K::start::<Q>(self.function, inputs))
    }
}

impl<F, K, I> MapCallee<I> for Task<F, K>
where
    Closure<K>: IsNode<Kind = K>,
    K: Kind<Closure<K>> + MapCalls<Closure<K>, F, I>,
    I: MapInputs,
{
    type Output = K::Output;

    fn prepare<Q, V, C>(self, inputs: I, reads: &mut Reads) -> Prepared
    where
        Q: Finish<Self::Output, Value = V>,
        V: Send + 'static,
        C: FromIterator<V> + Send + 'static,
    {
        Prepared::map(self.about(), inputs, reads, |inputs| {
            K::start::<Q, V, C>(self.function, inputs)
        })
    }
}

impl<N, F, I> Calls<N, F, I> for SyncTask
where
    N: IsNode<Kind = Self>,
    F: Function<I>,
    I: NodeInputs,
{
    type Output = F::Output;

    fn start<Q: Finish<F::Output>>(function: F, inputs: I) -> Start {
        Arc::new(SyncCall { function, inputs, types: PhantomData::<fn() -> (N, Q)> })
    }
}

/// A task with its inputs; `Q` makes its output of what it returns.
struct SyncCall<N, F, I, Q> {
    function: F,
    inputs: I,
    types: PhantomData<fn() -> (N, Q)>,
}

impl<N, F, I, Q> Work for SyncCall<N, F, I, Q>
where
    N: IsNode,
    F: Function<I>,
    I: NodeInputs,
    Q: Finish<F::Output>,
{
    fn start(
        self: Arc<Self>,
        context: Context,
        values: Vec<Value>,
    ) -> BoxFuture<Result<Boxed, Failure>> {
        Box::pin(async move {
            let permit = enter(N::limit(), false, &context).await?;
            let Self { function, inputs, .. } = &*self;
            let value = {
                let mut held = inputs.receive(&mut values.into_iter());
                function.call(inputs, &mut held)
            };
            drop(permit);
            Ok(Box::new(Q::finish(value, &context, 0)?) as Boxed)
        })
    }
}

impl<N, F, I> Calls<N, F, I> for AsyncTask
where
    N: IsNode<Kind = Self>,
    F: AsyncFunction<I>,
    I: NodeInputs,
{
    type Output = F::Output;

    fn start<Q: Finish<F::Output>>(function: F, inputs: I) -> Start {
        Arc::new(AsyncCall { function, inputs, types: PhantomData::<fn() -> (N, Q)> })
    }
}

/// A task with its inputs; `Q` makes its output of what it returns.
struct AsyncCall<N, F, I, Q> {
    function: F,
    inputs: I,
    types: PhantomData<fn() -> (N, Q)>,
}

impl<N, F, I, Q> Work for AsyncCall<N, F, I, Q>
where
    N: IsNode,
    F: AsyncFunction<I>,
    I: NodeInputs,
    Q: Finish<F::Output>,
{
    fn start(
        self: Arc<Self>,
        context: Context,
        values: Vec<Value>,
    ) -> BoxFuture<Result<Boxed, Failure>> {
        Box::pin(async move {
            let permit = enter(N::limit(), false, &context).await?;
            let Self { function, inputs, .. } = &*self;
            let value = {
                let mut held = inputs.receive(&mut values.into_iter());
                function.call(inputs, &mut held).await
            };
            drop(permit);
            Ok(Box::new(Q::finish(value, &context, 0)?) as Boxed)
        })
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
    let call = Arc::new((function, inputs));
    Arc::new(move |context: Context, values: Vec<Value>| -> BoxFuture<_> {
        let (collection, shared) = call.1.receive(&mut values.into_iter());
        let Some(collection) = collection else {
            unreachable!("a map without partitions has no graph")
        };
        let (items, kept) = I::Source::start(collection);
        let shared = Shared { call: Arc::clone(&call), values: shared, kept };
        let collect = |results: Ordered<O>, _: &Context, _: usize| Ok(results.collect::<C>());
        map_future::<N, _, _, _, _, _>(context, items, shared, work, collect)
    })
}

impl<N, F, I> MapCalls<N, F, I> for SyncTask
where
    N: IsNode<Kind = Self>,
    F: MapFunction<I>,
    I: MapInputs,
{
    type Output = F::Output;

    fn start<Q, V, C>(function: F, inputs: I) -> Start
    where
        Q: Finish<F::Output, Value = V>,
        V: Send + 'static,
        C: FromIterator<V> + Send + 'static,
    {
        start_map::<N, F, I, V, C, _>(function, inputs, |feed, _, shared| async move {
            let Shared { call, values, kept } = &shared;
            let (function, inputs) = &**call;
            let call = move |item| function.call_each(inputs, values, Some(item));
            I::Source::each::<N, _, _, _, _>(feed, kept, call, Q::finish).await;
        })
    }
}

impl<N, F, I> MapCalls<N, F, I> for AsyncTask
where
    N: IsNode<Kind = Self>,
    F: AsyncMapFunction<I>,
    I: MapInputs,
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
            let call = move |partition, item| {
                let value = function.call_each(inputs, values, Some(item));
                async move { Q::finish(value.await, context, partition) }
            };
            I::Source::each_async::<N, _, _, _>(feed, kept, call).await;
        })
    }
}

/// A dag that is called, and how its end becomes a value.
struct Nested<R> {
    dag: Dag,
    /// What makes a parameter of an input of another type.
    conversions: Vec<Option<fn(Boxed) -> Boxed>>,
    rejoin: fn(Result<Boxed, Failure>) -> Result<(R, Vec<Frame>), Failure>,
}

impl<R> Nested<R> {
    fn new(
        dag: Dag,
        types: &[Option<Type>],
        rejoin: fn(Result<Boxed, Failure>) -> Result<(R, Vec<Frame>), Failure>,
    ) -> Self {
        let parameters = dag.signature().parameters.iter();
        let conversions = parameters.zip(types).map(|(parameter, ty)| match ty {
            Some(ty) if *ty != parameter.ty => parameter.conversion(*ty),
            _ => None,
        });
        Self { conversions: conversions.collect(), dag, rejoin }
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
        let run = context.run.host.run(self.dag.clone(), parameters.collect(), &context.run);
        let (value, trail) = (self.rejoin)(run.await)?;
        if !trail.is_empty() {
            context.leave_trail(partition, trail);
        }
        Q::finish(value, context, partition)
    }
}

fn start_nested<Q, R, I>(nested: Nested<R>, inputs: I) -> Start
where
    Q: Finish<R>,
    R: Send + 'static,
    I: NodeInputs,
{
    let call = Arc::new((nested, inputs));
    Arc::new(move |context: Context, values: Vec<Value>| -> BoxFuture<_> {
        let call = Arc::clone(&call);
        Box::pin(async move {
            if context.run.is_stopped() {
                return Err(Failure::cancelled());
            }
            let (nested, inputs) = &*call;
            let parameters = {
                let mut held = inputs.receive(&mut values.into_iter());
                inputs.boxed(&mut held)
            };
            Ok(Box::new(nested.run::<Q>(parameters, &context, 0).await?) as Boxed)
        })
    })
}

fn start_nested_map<N, Q, V, C, R, I>(nested: Nested<R>, inputs: I) -> Start
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
        I::Source::each_async::<N, _, _, _>(feed, kept, call).await;
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
                match N::graph() {
                    Ok(Some(dag)) => {
                        let nested = Nested::new(dag, &inputs.boxed_types(), N::rejoin);
                        start_nested::<Q, _, _>(nested, inputs)
                    }
                    _ => never(),
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
                match N::graph() {
                    Ok(Some(dag)) => {
                        let nested = Nested::new(dag, &inputs.boxed_types(), N::rejoin);
                        start_nested_map::<N, Q, V, C, _, _>(nested, inputs)
                    }
                    _ => never(),
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
fn rejoin<T: 'static>(end: Result<Boxed, Failure>) -> Result<(T, Vec<Frame>), Failure> {
    let value = end?;
    let value = match value.downcast::<Vec<Boxed>>() {
        // No outputs at all: the only type that fits is `()`.
        Ok(outputs) => outputs.into_iter().next().unwrap_or_else(|| Box::new(())),
        Err(whole) => whole,
    };
    Ok((unerase(value), Vec::new()))
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

impl<T: Send + 'static, I: NodeInputs> Callee<I> for DagNode<T> {
    type Output = T;

    fn prepare<Q: Finish<T>>(self, inputs: I, reads: &mut Reads) -> Prepared {
        Prepared::once(self.about(), inputs, reads, |inputs| {
            let nested = Nested::new(self.dag, &inputs.boxed_types(), rejoin::<T>);
            start_nested::<Q, _, _>(nested, inputs)
        })
    }
}

impl<T: Send + 'static, I: MapInputs> MapCallee<I> for DagNode<T> {
    type Output = T;

    fn prepare<Q, V, C>(self, inputs: I, reads: &mut Reads) -> Prepared
    where
        Q: Finish<T, Value = V>,
        V: Send + 'static,
        C: FromIterator<V> + Send + 'static,
    {
        Prepared::map(self.about(), inputs, reads, |inputs| {
            let place = place_of(&self.dag);
            let nested = Nested::new(self.dag, &inputs.boxed_types(), rejoin::<T>);
            match place {
                Place::Compute => {
                    start_nested_map::<Closure<ComputingDag>, Q, V, C, _, _>(nested, inputs)
                }
                Place::Async => start_nested_map::<Closure<AnyDag>, Q, V, C, _, _>(nested, inputs),
            }
        })
    }
}
