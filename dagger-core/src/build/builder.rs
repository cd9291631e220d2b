//! The typed builder behind `#[dag]`.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::iter::Empty;
use std::pin::pin;

use futures_util::FutureExt;
use futures_util::future::{Either, select};

use super::describe::{Argument, Call, From, Output as Described};
use super::inputs::{Handle, Inputs, Parts};
use crate::callee::{Fallible, IsNode, Kind, KindOf, Link, Settle, question, settle};
use crate::error::{BuildError, Failure};
use crate::exec::context::{Context, Permit};
use crate::exec::map::{Feed, place, run_map};
use crate::exec::merge::Ordered;
use crate::exec::plan::{Body, BoxFuture, Mode, Place, Plan, Slot, Split, Start, Step};
use crate::exec::value::{Boxed, Value};
use crate::graph::{Dag, Graph, Input, Node, NodeKind, Output, Parameter, Reference, Source};
use crate::name;
use crate::options::TaskOptions;

/// Builds a graph, one node after another, in the order of a body.
pub struct Builder {
    name: String,
    parameters: Vec<Parameter>,
    calls: Vec<Draft>,
    plan: Plan,
    /// Who fills a slot, and who borrows it.
    slots: Vec<Usage>,
    error: Option<BuildError>,
}

struct Draft {
    callee: &'static str,
    parameters: &'static [&'static str],
    options: TaskOptions,
    kind: NodeKind,
    call: Call,
}

#[derive(Default)]
struct Usage {
    filled_by: Option<usize>,
    borrowed_by: Vec<usize>,
}

impl Builder {
    /// A graph of this function, still empty.
    #[must_use]
    pub fn new(function: &str) -> Self {
        Self {
            name: name::of_function(function),
            parameters: Vec::new(),
            calls: Vec::new(),
            plan: Plan { computes_only: true, ..Plan::default() },
            slots: Vec::new(),
            error: None,
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
        self.plan.parameters += 1;
        Handle::new(self.open(None))
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
        let start: Start = Box::new(move |context, values| {
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
        let start: Start = Box::new(move |context, values| {
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
        let start: Start = Box::new(move |context, values| {
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
        let start: Start = Box::new(move |context, values| {
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
        let step = self.push_step(Body::Glue(body), &(value.take(), ()));
        P::open(&mut || self.open(Some(step)))
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
        self.end(outputs, &inputs, Box::new(body))
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
        self.end(outputs, &inputs, Box::new(body))
    }

    fn end(
        mut self,
        outputs: &[Described],
        inputs: &impl Inputs,
        result: Split,
    ) -> Result<Dag, BuildError> {
        let step = self.push_step(Body::Glue(result), inputs);
        self.plan.result = self.open(Some(step));
        self.plan.slots[self.plan.result].readers = 1;
        if let Some(error) = self.error {
            return Err(error);
        }
        let names = node_names(&self.calls);
        let describe = |from: &From| source(*from, &names, &self.parameters, None);
        let outputs: Vec<_> = outputs
            .iter()
            .map(|output| Output { name: output.name.to_owned(), source: describe(&output.from) })
            .collect();
        let nodes = nodes(&self.calls, &names, &self.parameters, &outputs);
        let values = nodes.iter().flat_map(|node| node.inputs.iter().map(|input| &input.name));
        let values = values.chain(self.parameters.iter().map(|parameter| &parameter.name));
        let illegal = std::iter::once(&self.name)
            .chain(&names)
            .find(|name| !name::is_valid(name::Kind::Node, name))
            .or_else(|| values.into_iter().find(|name| !name::is_valid(name::Kind::Value, name)));
        if let Some(name) = illegal {
            return Err(BuildError::Name { name: name.clone() });
        }
        Ok(Dag::from_graph(Graph {
            name: self.name,
            parameters: self.parameters,
            nodes,
            outputs,
            plan: self.plan,
        }))
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
        let kind = match L::Node::graph() {
            Ok(Some(dag)) => {
                self.plan.computes_only &= dag.plan().computes_only;
                NodeKind::Dag(dag)
            }
            Ok(None) => {
                self.plan.computes_only &= place == Place::Compute;
                NodeKind::Task
            }
            Err(error) => {
                self.error.get_or_insert(error);
                NodeKind::Task
            }
        };
        let node = self.calls.len();
        self.calls.push(Draft {
            callee: L::Node::NAME,
            parameters: L::Node::PARAMETERS,
            options: L::Node::OPTIONS,
            kind,
            call,
        });
        let step = self.push_step(Body::Node { node, place, ends_itself, start }, inputs);
        Handle::new(self.open(Some(step)))
    }

    fn push_step(&mut self, body: Body, inputs: &impl Inputs) -> usize {
        let step = self.plan.steps.len();
        let mut read = Vec::new();
        let mut waits_for = BTreeSet::new();
        inputs.wire(&mut |slot, mode, sharing| {
            read.push((slot, mode));
            waits_for.extend(self.slots[slot].filled_by);
            match mode {
                Mode::Borrow => self.slots[slot].borrowed_by.push(step),
                // Whoever borrowed the value must be done with it.
                Mode::Take => waits_for.extend(&self.slots[slot].borrowed_by),
            }
            let slot = &mut self.plan.slots[slot];
            slot.readers += 1;
            slot.sharing = slot.sharing.or(sharing);
        });
        for earlier in &waits_for {
            self.plan.steps[*earlier].successors.push(step);
        }
        self.plan.steps.push(Step {
            body,
            inputs: read,
            outputs: Vec::new(),
            waits_for: waits_for.len(),
            successors: Vec::new(),
        });
        step
    }

    fn open(&mut self, filled_by: Option<usize>) -> usize {
        let slot = self.slots.len();
        self.slots.push(Usage { filled_by, borrowed_by: Vec::new() });
        self.plan.slots.push(Slot::default());
        if let Some(step) = filled_by {
            self.plan.steps[step].outputs.push(slot);
        }
        slot
    }
}

/// Waits for a slot of the run; a nested dag holds none, as its tasks do.
async fn start_call<L: Link>(context: &Context) -> Result<Option<Permit>, Failure> {
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

fn map_future<L, S, O, V, Fut, T>(
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

/// A dag's nodes are named after what they call, numbered where it is called more than once.
fn node_names(calls: &[Draft]) -> Vec<String> {
    let mut count = HashMap::new();
    for draft in calls {
        *count.entry(name::of_function(draft.callee)).or_insert(0_usize) += 1;
    }
    let singles = count.iter().filter(|(_, n)| **n == 1).map(|(base, _)| base.clone());
    let mut taken: BTreeSet<String> = singles.collect();
    let mut next = HashMap::new();
    let mut names = Vec::new();
    for draft in calls {
        let base = name::of_function(draft.callee);
        if count[&base] == 1 {
            names.push(base);
            continue;
        }
        let number = next.entry(base.clone()).or_insert(0_usize);
        let name = loop {
            *number += 1;
            let name = format!("{base}-{number}");
            if taken.insert(name.clone()) {
                break name;
            }
        };
        names.push(name);
    }
    names
}

fn nodes(
    calls: &[Draft],
    names: &[String],
    parameters: &[Parameter],
    outputs: &[Output],
) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for (draft, name) in calls.iter().zip(names) {
        let reference = |(node, output): (usize, &str)| Reference {
            node: names[node].clone(),
            output: output.to_owned(),
        };
        let partitions = draft.call.partitions.map(reference);
        let describe = |from: &From| source(*from, names, parameters, partitions.as_ref());
        let inputs = draft.parameters.iter().zip(draft.call.arguments);
        let inputs = inputs
            .map(|(parameter, argument)| Input {
                name: (*parameter).to_owned(),
                source: match argument {
                    Argument::Value(from) => describe(from),
                    Argument::Constant(text) => Source::Constant((*text).to_owned()),
                    Argument::Expression(text, over) => Source::Expression {
                        text: (*text).to_owned(),
                        over: over.iter().map(describe).collect(),
                    },
                },
            })
            .collect();
        nodes.push(Node {
            name: name.clone(),
            kind: draft.kind.clone(),
            inputs,
            outputs: Vec::new(),
            partitions,
            options: draft.options.clone(),
        });
    }
    let mut used = BTreeSet::new();
    let mut visit = |reference: &Reference| {
        used.insert(reference.clone());
    };
    for node in &nodes {
        node.inputs.iter().for_each(|input| input.source.each_reference(&mut visit));
        node.partitions.iter().for_each(&mut visit);
    }
    outputs.iter().for_each(|output| output.source.each_reference(&mut visit));
    let index: HashMap<_, _> = names.iter().zip(0..).collect();
    for reference in used {
        let node: usize = index[&reference.node];
        nodes[node].outputs.push(reference.output);
    }
    nodes
}

fn source(
    from: From,
    names: &[String],
    parameters: &[Parameter],
    partitions: Option<&Reference>,
) -> Source {
    match (from, partitions) {
        (From::Parameter(index), _) => Source::Parameter(parameters[index].name.clone()),
        (From::Output(node, output), _) => {
            Source::Output(Reference { node: names[node].clone(), output: output.to_owned() })
        }
        (From::Partition, Some(partitions)) => Source::Partition(partitions.clone()),
        (From::Partition, None) => unreachable!("only a mapped node has partitions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(callees: &[&'static str]) -> Vec<String> {
        let draft = |callee: &&'static str| Draft {
            callee,
            parameters: &[],
            options: TaskOptions::DEFAULT,
            kind: NodeKind::Task,
            call: Call { arguments: &[], partitions: None },
        };
        node_names(&callees.iter().map(draft).collect::<Vec<_>>())
    }

    #[test]
    fn nodes_are_numbered_where_a_task_is_called_more_than_once() {
        assert_eq!(named(&["clean", "load_data"]), ["clean", "load-data"]);
        assert_eq!(named(&["clean", "load", "clean"]), ["clean-1", "load", "clean-2"]);
        assert_eq!(named(&["clean", "clean_1", "clean"]), ["clean-2", "clean-1", "clean-3"]);
    }
}
