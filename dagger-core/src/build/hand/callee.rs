//! What a node runs: a `#[task]` or a `#[dag]` by its function, a closure, or a dag as a value.

use std::borrow::Cow;
use std::marker::PhantomData;

use super::reads::Reads;
use super::tuple::{MapInputs, NodeInputs};
use super::work::{
    AnyDag, Calls, Closure, ComputingDag, Finish, MapCalls, Nested, place_of, rejoin, start_nested,
    start_nested_map,
};
use crate::build::draft::{self, Called, Parameters, Path, Text};
use crate::callee::{AsyncTask, IsNode, Kind, SyncTask};
use crate::error::BuildError;
use crate::exec::plan::{Place, Start};
use crate::exec::signature::Type;
use crate::graph::Dag;
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
    /// The dag, where it is one.
    pub(super) dag: Result<Option<Dag>, BuildError>,
    pub(super) place: Place,
    /// What a dag as a value has to return.
    pub(super) returns: Option<Type>,
}

impl About {
    pub(super) fn is_dag(&self) -> bool {
        matches!(self.dag, Ok(Some(_)))
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

    fn about(name: Option<Text>) -> About {
        let function = draft::Function::of::<N>();
        let callee = match name {
            None => draft::Callee::Function(function),
            Some(name) => draft::Callee::Task(draft::Task {
                name,
                is_given: true,
                called: Called {
                    parameters: Parameters::OfFunction(N::PARAMETERS),
                    options: &function.options,
                    path: Path(Some(function.path)),
                },
            }),
        };
        About { callee, dag: N::graph(), place: <N::Kind as Kind<N>>::PLACE, returns: None }
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
    about: draft::Task,
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
        let parameters = Parameters::OfTask(parameters.into_iter().map(Into::into).collect());
        let called = Called { parameters, options: &TaskOptions::DEFAULT, path: Path(None) };
        let about = draft::Task { name, is_given: false, called };
        Self { function, about, kind: PhantomData }
    }

    /// The name of the node, never numbered.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        let about = draft::Task { name: name.into(), is_given: true, ..self.about };
        Self { about, ..self }
    }
}

impl<F, K> Task<F, K>
where
    Closure<K>: IsNode<Kind = K>,
    K: Kind<Closure<K>>,
{
    fn about(task: draft::Task) -> About {
        About { callee: draft::Callee::Task(task), dag: Ok(None), place: K::PLACE, returns: None }
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
        let parameters = Parameters::OfTask(parameters.collect());
        let task = draft::Task {
            name: self.name.clone().unwrap_or_else(|| self.dag.name().to_owned().into()),
            is_given: self.name.is_some(),
            called: Called { parameters, options: &TaskOptions::DEFAULT, path: Path(None) },
        };
        About {
            callee: draft::Callee::Task(task),
            place: place_of(&self.dag),
            dag: Ok(Some(self.dag.clone())),
            returns: Some(Type::of::<T>()),
        }
    }
}

impl<N, F, I> Callee<I> for FunctionNode<N, F>
where
    N: IsNode<Kind: Calls<N, F, I>>,
    I: NodeInputs,
{
    type Output = <N::Kind as Calls<N, F, I>>::Output;

    fn prepare<Q: Finish<Self::Output>>(self, inputs: I, reads: &mut Reads) -> Prepared {
        Prepared::once(Self::about(self.name), inputs, reads, |inputs| {
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
        Prepared::map(Self::about(self.name), inputs, reads, |inputs| {
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
        Prepared::once(Self::about(self.about), inputs, reads, |inputs| {
            K::start::<Q>(self.function, inputs)
        })
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
        Prepared::map(Self::about(self.about), inputs, reads, |inputs| {
            K::start::<Q, V, C>(self.function, inputs)
        })
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
