//! The typed builder behind `#[dag]`.

use std::future::Future;
use std::iter::Empty;
use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{Either, select};

use super::assembly::Assembly;
use super::describe::{Call, From, Output as Described};
use super::draft::{Arguments, Callee, Draft, Drafts, Function};
use super::inputs::{Handle, Inputs, Parts};
use crate::callee::{Fallible, IsNode, Kind, KindOf, Link, Settle, question, settle};
use crate::error::{BuildError, Failure, Violation};
use crate::exec::context::{Context, Permit};
use crate::exec::map::{Feed, place, run_map};
use crate::exec::merge::Ordered;
use crate::exec::plan::{Body, BoxFuture, Mode, Place, Split, Start};
use crate::exec::signature::{Instead, Results, Signature, Type};
use crate::exec::value::{Boxed, Value};
use crate::graph::{Dag, Graph, NodeKind, Parameter};
use crate::name;

/// Builds a graph, one node after another, in the order of a body.
pub struct Builder {
    name: String,
    parameters: Vec<Parameter>,
    signature: Signature,
    drafts: Drafts,
    assembly: Assembly,
    violations: Vec<Violation>,
}

impl Builder {
    /// A graph of this function, still empty.
    #[must_use]
    pub fn new(function: &str) -> Self {
        Self {
            name: name::of_function(function),
            parameters: Vec::new(),
            signature: Signature::default(),
            drafts: Drafts::default(),
            assembly: Assembly::new(),
            violations: Vec::new(),
        }
    }

    /// The next parameter.
    pub fn parameter<T: Send + 'static>(
        &mut self,
        name: &str,
        ty: &str,
        default: Option<(&str, fn() -> T)>,
    ) -> Handle<T> {
        let text = default.as_ref().map(|(text, _)| *text);
        self.parameters.push(Parameter::new(name, ty, text));
        self.signature.push::<T>(default.map(|(_, value)| value));
        Handle::new(self.assembly.open(None))
    }

    /// What the last parameter, a `Lent<T>`, takes where it is known by its name only.
    pub fn takes(&mut self, owners: &'static [Instead]) {
        self.signature.takes(owners);
    }

    /// A node that is called without `.await`, and whose value is its output.
    ///
    /// The code of a node is a function pointer, as the closures of a body capture nothing: rustc
    /// then has no bounds of closures to keep in mind until the end of the body, which would make
    /// checking a long one quadratic.
    pub fn node<L, I, V, T>(&mut self, call: Call, inputs: I, run: fn(I::Values) -> V) -> Handle<T>
    where
        L: Link,
        KindOf<L>: Settle<L::Node, V, Output = T>,
        I: Inputs,
        V: Send + 'static,
        T: Send + 'static,
    {
        self.node_with::<L, _, _, _, _>(call, inputs, run, |value, _, _| Ok(value))
    }

    /// A node that is called without `.await` and returns a `Result` whose error ends the dag.
    pub fn node_result<L, I, V, R>(
        &mut self,
        call: Call,
        inputs: I,
        run: fn(I::Values) -> V,
    ) -> Handle<R::Value>
    where
        L: Link,
        KindOf<L>: Settle<L::Node, V, Output = R>,
        I: Inputs,
        V: Send + 'static,
        R: Fallible + 'static,
    {
        self.node_with::<L, _, _, _, _>(call, inputs, run, |result: R, context, partition| {
            question(result.split(), context, partition)
        })
    }

    /// A node that is called without `.await`; `finish` makes its output of what it returned.
    pub fn node_with<L, I, V, S, T>(
        &mut self,
        call: Call,
        inputs: I,
        run: fn(I::Values) -> V,
        finish: fn(S, &Context, usize) -> Result<T, Failure>,
    ) -> Handle<T>
    where
        L: Link,
        KindOf<L>: Settle<L::Node, V, Output = S>,
        I: Inputs,
        V: Send + 'static,
        S: 'static,
        T: Send + 'static,
    {
        let start: Start = Arc::new(move |context, values| -> BoxFuture<_> {
            Box::pin(async move {
                let permit = start_call::<L>(&context).await?;
                // The inputs are gone when the call returns: a node that takes one may follow.
                let value = run(receive::<I>(values));
                let value = settle::<L, _>(value, &context, 0).await?;
                drop(permit);
                Ok(Box::new(finish(value, &context, 0)?) as Boxed)
            })
        });
        self.push_node::<L, _>(call, &inputs, start)
    }

    /// A node that is called with `.await`: `run` makes the future of its output.
    pub fn node_async<L, I, Fut, T>(
        &mut self,
        call: Call,
        inputs: I,
        run: fn(Context, I::Values) -> Fut,
    ) -> Handle<T>
    where
        L: Link,
        I: Inputs,
        Fut: Future<Output = Result<T, Failure>> + Send + 'static,
        T: Send + 'static,
    {
        let start: Start = Arc::new(move |context, values| -> BoxFuture<_> {
            Box::pin(async move {
                let permit = start_call::<L>(&context).await?;
                let value = run(context, receive::<I>(values)).await?;
                drop(permit);
                Ok(Box::new(value) as Boxed)
            })
        });
        self.push_node::<L, _>(call, &inputs, start)
    }

    /// A node that runs once for every partition that moves out of a value.
    ///
    /// `items` makes the iterator, `work` is the body of a worker, `collect` the fan-in.
    pub fn map<L, A, S, I, Fut, O, T>(
        &mut self,
        call: Call,
        source: A,
        items: fn(A::Values) -> S,
        inputs: I,
        work: fn(Feed<S::IntoIter, O>, Context, I::Values) -> Fut,
        collect: fn(Ordered<O>, &Context, usize) -> Result<T, Failure>,
    ) -> Handle<T>
    where
        L: Link,
        A: Inputs,
        S: IntoIterator + 'static,
        S::IntoIter: Send + 'static,
        I: Inputs<Values: Clone + Send + Sync>,
        Fut: Future<Output = ()> + Send + 'static,
        O: Send + 'static,
        T: Send + 'static,
    {
        let start: Start = Arc::new(move |context, values| -> BoxFuture<_> {
            let (from, values) = receive::<(Both<A>, Both<I>)>(values);
            let items = items(from).into_iter();
            map_future::<L, _, _, _, _, _>(context, Some(items), values, work, collect)
        });
        self.push_node::<L, _>(call, &(Both(source), Both(inputs)), start)
    }

    /// A node that runs once for every partition of a value that is only borrowed: the workers
    /// iterate it themselves.
    pub fn map_borrowed<L, I, Fut, O, T>(
        &mut self,
        call: Call,
        inputs: I,
        work: fn(Feed<Empty<()>, O>, Context, I::Values) -> Fut,
        collect: fn(Ordered<O>, &Context, usize) -> Result<T, Failure>,
    ) -> Handle<T>
    where
        L: Link,
        I: Inputs<Values: Clone + Send + Sync>,
        Fut: Future<Output = ()> + Send + 'static,
        O: Send + 'static,
        T: Send + 'static,
    {
        let start: Start = Arc::new(move |context, values| -> BoxFuture<_> {
            let values = receive::<I>(values);
            map_future::<L, _, _, _, _, _>(context, None, values, work, collect)
        });
        self.push_node::<L, _>(call, &inputs, start)
    }

    /// Moves parts of a value to handles of their own.
    pub fn split<T, P>(&mut self, value: Handle<T>, split: fn(T) -> P) -> P::Handles
    where
        T: Send + 'static,
        P: Parts + 'static,
    {
        let body: Split = Box::new(move |values| {
            let (value, ()) = receive::<(super::inputs::Take<T>, ())>(values);
            let mut parts = Vec::new();
            split(value).store(&mut parts);
            parts
        });
        let step = self.assembly.push(Body::Glue(body), &(value.take(), ()));
        P::open(&mut || self.assembly.open(Some(step)))
    }

    /// The graph of a function that returns a `Result`, see [`finish`](Self::finish).
    ///
    /// # Errors
    ///
    /// As `finish`.
    pub fn finish_fallible<I, R>(
        self,
        outputs: &[Described],
        inputs: I,
        result: fn(I::Values) -> R,
    ) -> Result<Dag, BuildError>
    where
        I: Inputs,
        R: Fallible + 'static,
    {
        // What fails a dag is a node; its last expression only says that nothing did.
        let body = move |values| match result(receive::<I>(values)).split() {
            Ok(value) => vec![Box::new(value) as Boxed],
            Err(_) => unreachable!("the result of a dag is made of outputs"),
        };
        self.end::<R::Value>(outputs, &inputs, Box::new(body))
    }

    /// The graph: what its function returns is made of these inputs.
    ///
    /// # Errors
    ///
    /// If a nested dag cannot be built, or a name is not legal.
    pub fn finish<I, T>(
        self,
        outputs: &[Described],
        inputs: I,
        result: fn(I::Values) -> T,
    ) -> Result<Dag, BuildError>
    where
        I: Inputs,
        T: Send + 'static,
    {
        let body = move |values| vec![Box::new(result(receive::<I>(values))) as Boxed];
        self.end::<T>(outputs, &inputs, Box::new(body))
    }

    fn end<T: 'static>(
        mut self,
        outputs: &[Described],
        inputs: &impl Inputs,
        result: Split,
    ) -> Result<Dag, BuildError> {
        let step = self.assembly.push(Body::Glue(result), inputs);
        self.signature.results = Results::Whole(Type::of::<T>());
        let outputs = outputs.iter().map(|output| (output.name.into(), output.from.into()));
        self.drafts.outputs = outputs.collect();
        self.drafts.check_names(&self.name, &self.parameters, &mut self.violations);
        if !self.violations.is_empty() {
            return Err(BuildError::new(self.violations));
        }
        Ok(Dag::from_graph(Graph::new(
            self.name,
            self.parameters,
            self.drafts,
            self.assembly.end(step),
            self.signature,
        )))
    }

    fn push_node<L: Link, T: Send + 'static>(
        &mut self,
        call: Call,
        inputs: &impl Inputs,
        start: Start,
    ) -> Handle<T> {
        let place = place::<L>();
        let is_dag = <KindOf<L> as Kind<L::Node>>::IS_DAG;
        let ends_itself = is_dag || call.partitions.is_some();
        let kind = node_kind::<L::Node>(place, &mut self.assembly, &mut self.violations);
        let node = self.drafts.nodes.len();
        self.drafts.nodes.push(Draft {
            callee: Callee::Function(function::<L::Node>()),
            kind,
            arguments: Arguments::Static(call.arguments),
            partitions: call.partitions.map(|(node, output)| From::Output(node, output).into()),
        });
        let body = Body::Node { node, place, ends_itself, start };
        let step = self.assembly.push(body, inputs);
        Handle::new(self.assembly.open(Some(step)))
    }
}

/// What the description shows of a function.
pub(super) fn function<N: IsNode>() -> &'static Function {
    const { &Function { name: N::NAME, parameters: N::PARAMETERS, options: N::OPTIONS } }
}

/// What a node of this callee runs, which decides what the whole graph needs.
pub(super) fn node_kind<N: IsNode>(
    place: Place,
    assembly: &mut Assembly,
    violations: &mut Vec<Violation>,
) -> NodeKind {
    match N::graph() {
        Ok(Some(dag)) => {
            assembly.plan.computes_only &= dag.plan().computes_only;
            return NodeKind::Dag(dag);
        }
        Ok(None) => assembly.plan.computes_only &= place == Place::Compute,
        Err(error) => {
            let known = |violation: &Violation| violations.contains(violation);
            let news = error.into_violations().into_iter().filter(|violation| !known(violation));
            let news: Vec<_> = news.collect();
            violations.extend(news);
        }
    }
    NodeKind::Task
}

/// Waits for a slot of the run; a nested dag holds none, as its tasks do.
pub(super) async fn start_call<L: Link>(context: &Context) -> Result<Option<Permit>, Failure> {
    let permit = if <KindOf<L> as Kind<L::Node>>::IS_DAG {
        None
    } else {
        match context.try_permit(L::Node::limit()) {
            Some(permit) => Some(permit),
            None => {
                let permit = pin!(context.permit(L::Node::limit()));
                match select(permit, pin!(context.run.stopped())).await {
                    Either::Left((permit, _)) => Some(permit),
                    Either::Right(_) => None,
                }
            }
        }
    };
    if context.run.is_stopped() { Err(Failure::cancelled()) } else { Ok(permit) }
}

/// Inputs within inputs.
struct Both<I>(I);

impl<A: Inputs, B: Inputs> Inputs for (Both<A>, Both<B>) {
    type Values = (A::Values, B::Values);

    fn wire(&self, visit: &mut dyn FnMut(usize, Mode, Option<crate::exec::value::Sharing>)) {
        self.0.0.wire(visit);
        self.1.0.wire(visit);
    }

    fn receive(values: &mut std::vec::IntoIter<Value>) -> Self::Values {
        (A::receive(values), B::receive(values))
    }
}

fn receive<I: Inputs>(values: Vec<Value>) -> I::Values {
    I::receive(&mut values.into_iter())
}

pub(super) fn map_future<L, S, O, V, Fut, T>(
    context: Context,
    items: Option<S>,
    values: V,
    work: fn(Feed<S, O>, Context, V) -> Fut,
    collect: fn(Ordered<O>, &Context, usize) -> Result<T, Failure>,
) -> BoxFuture<Result<Boxed, Failure>>
where
    L: Link,
    S: Iterator + Send + 'static,
    O: Send + 'static,
    V: Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
    T: Send + 'static,
{
    async move {
        let results = {
            let worker = {
                let context = context.clone();
                move |feed| -> BoxFuture<()> {
                    Box::pin(work(feed, context.clone(), values.clone()))
                }
            };
            run_map::<L, _, _, _>(context.clone(), items, worker).await
        };
        let (partition, results) = results;
        let collected =
            results.and_then(|results| collect(results, &context, partition.unwrap_or_default()));
        match collected {
            Ok(value) => Ok(Box::new(value) as Boxed),
            Err(mut failure) => {
                failure.partition = partition;
                Err(failure)
            }
        }
    }
    .boxed()
}
