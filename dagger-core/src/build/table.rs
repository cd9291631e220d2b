//! What the macro knows of a body, as constant data, and the graph that is made of it.

use std::future::{Ready, ready};
use std::sync::Arc;

use futures_util::future::Either;

use super::assembly::Assembly;
use super::code::{Inputs, Pending, Work};
use super::describe::{Call, Output};
use super::draft::{Drafts, Function};
use super::edges::BodyEdges;
use crate::callee::{Fallible, IsNode, Kind, KindOf};
use crate::error::{BuildError, Failure};
use crate::exec::attempt::once;
use crate::exec::context::Context;
use crate::exec::edges::{Edges, Partitioned};
use crate::exec::plan::{self, Body, BoxFuture, Ended, Mode, Parts, Place, Split};
use crate::exec::signature::{Accepted, Instead, Outside, Results, Signature, Type};
use crate::exec::slots::Limit;
use crate::exec::value::{Boxed, Sharing, Value, Values};
use crate::graph::{Dag, Graph, Parameter};
use crate::name;

/// A body. Slots are numbered: the parameters first, then what the steps fill.
#[derive(Clone, Copy)]
pub struct Table {
    /// The name of the function.
    pub function: &'static str,
    /// Its parameters.
    pub parameters: &'static [Declared],
    /// What it calls.
    pub callees: &'static [Callee],
    /// What happens, in the order of the body; the last step makes the result.
    pub steps: &'static [Step],
    /// How many slots there are, that of the result not counted.
    pub slots: usize,
    /// The outputs.
    pub outputs: &'static [Output],
    /// The type of the result.
    pub result: fn() -> Type,
    /// The result as the world outside of the process has it, and what the user says about the dag.
    pub outside: Outside,
    /// Whether the code has the entries of [`edges`](super::edges).
    pub has_edges: bool,
}

/// A parameter of a dag.
#[derive(Clone, Copy)]
pub struct Declared {
    name: &'static str,
    ty: &'static str,
    default: Option<(&'static str, fn() -> Boxed)>,
    type_of: fn() -> Type,
    takes: fn() -> &'static [Instead],
    outside: Outside,
}

impl Declared {
    /// A parameter that the graph holds as a `T`, with its type and default as written, and what
    /// makes the default.
    #[must_use]
    pub const fn new<T: Send + 'static>(
        name: &'static str,
        ty: &'static str,
        default: Option<(&'static str, fn() -> Boxed)>,
    ) -> Self {
        let outside = Outside::NONE;
        Self { name, ty, default, type_of: Type::of::<T>, takes: || &[], outside }
    }

    /// The parameter as the world outside of the process has it.
    #[must_use]
    pub const fn outside(mut self, outside: Outside) -> Self {
        self.outside = outside;
        self
    }

    /// The parameter, a `Lent`, with what it takes where it is known by its name only.
    #[must_use]
    pub const fn taking(mut self, owners: fn() -> &'static [Instead]) -> Self {
        self.takes = owners;
        self
    }
}

/// A task or a dag that a body calls.
pub struct Callee {
    function: Function,
    place: Place,
    is_dag: bool,
    limit: fn() -> Limit,
    graph: fn() -> Result<Option<Dag>, BuildError>,
}

impl Callee {
    /// The callee behind a link.
    #[must_use]
    pub const fn of<N: IsNode>() -> Self {
        Self {
            function: Function::new::<N>(),
            place: <KindOf<N> as Kind<N>>::PLACE,
            is_dag: <KindOf<N> as Kind<N>>::IS_DAG,
            limit: N::limit,
            graph: N::graph,
        }
    }
}

/// A step: which slots it reads, in the order in which its entry does, and which it fills.
#[derive(Clone, Copy)]
pub struct Step {
    reads: &'static [(usize, Mode)],
    fills: &'static [usize],
    does: Does,
    partitioned: Option<Partitioned>,
    /// The names of the outputs that it fills, where it takes a value apart.
    parts: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Does {
    Node { callee: usize, call: Call, finishes: bool },
    TakeApart,
    End { hands_on: bool },
}

/// A step that takes the value of this slot.
#[must_use]
pub const fn take(slot: usize) -> (usize, Mode) {
    (slot, Mode::Take)
}

/// A step that borrows the value of this slot.
#[must_use]
pub const fn borrow(slot: usize) -> (usize, Mode) {
    (slot, Mode::Borrow)
}

impl Step {
    /// A node. Where it `finishes`, another entry makes its output of what the call returned.
    #[must_use]
    pub const fn node(
        callee: usize,
        reads: &'static [(usize, Mode)],
        fills: &'static [usize],
        call: Call,
        finishes: bool,
    ) -> Self {
        let does = Does::Node { callee, call, finishes };
        Self { reads, fills, does, partitioned: None, parts: &[] }
    }

    /// The same, mapped over the partitions of the value at this place among those that it reads.
    #[must_use]
    pub const fn over(mut self, source: usize, borrowed: bool) -> Self {
        self.partitioned = Some(Partitioned { source, borrowed });
        self
    }

    /// A value that is taken apart, into outputs of these names.
    #[must_use]
    pub const fn take_apart(
        reads: &'static [(usize, Mode)],
        fills: &'static [usize],
        parts: &'static [&'static str],
    ) -> Self {
        Self { reads, fills, does: Does::TakeApart, partitioned: None, parts }
    }

    /// The result. Where it `hands_on` a value, that is the value which it reads, as it is, up to a change of
    /// its type.
    #[must_use]
    pub const fn end(reads: &'static [(usize, Mode)], hands_on: bool) -> Self {
        Self { reads, fills: &[], does: Does::End { hands_on }, partitioned: None, parts: &[] }
    }
}

/// The entries of a step with this index: what it does, and what finishes a node.
const fn entries(step: u32) -> (u32, u32) {
    (2 * step, 2 * step + 1)
}

/// The first of the entries that say how a slot is shared: one a slot.
pub const SHARING: u32 = 1 << 31;

pub(super) type Code = Arc<dyn Fn(u32, &Inputs) -> Work<'_> + Send + Sync>;

/// The graph of a body that cannot fail.
///
/// # Errors
///
/// If a nested dag cannot be built, or a name is not legal.
pub fn graph(table: Table, code: fn(u32, &Inputs) -> Work<'_>) -> Result<Dag, BuildError> {
    assemble(&table, &(Arc::new(code) as Code))
}

/// The graph of a body whose function returns the `Result` `R`.
///
/// # Errors
///
/// As [`graph`].
pub fn graph_fallible<R: Fallible>(
    table: Table,
    code: fn(u32, &Inputs) -> Result<Work<'_>, R::Error>,
) -> Result<Dag, BuildError> {
    let code: Code = Arc::new(move |entry, inputs| {
        code(entry, inputs).unwrap_or_else(|error| {
            Work::Failed(Failure::of(error).with(inputs.context().take_trail(0)))
        })
    });
    assemble(&table, &code)
}

fn assemble(table: &Table, code: &Code) -> Result<Dag, BuildError> {
    let mut assembly = Assembly::new();
    let mut drafts = Drafts::default();
    let mut violations = Vec::new();
    let mut signature = Signature::default();
    let mut parameters = Vec::new();
    for declared in table.parameters {
        let text = declared.default.map(|(text, _)| text);
        parameters.push(Parameter::new(declared.name, declared.ty, text));
        let make = declared.default.map(|(_, make)| make);
        let default = make.map(|make| -> Box<dyn Fn() -> Boxed + Send + Sync> { Box::new(make) });
        let (ty, instead) = ((declared.type_of)(), (declared.takes)());
        let outside = declared.outside;
        signature.parameters.push(Accepted { ty, default, instead, outside });
    }
    // Slots of the body by number, and those of the plan, which are numbered as they are filled.
    let mut slots = vec![None; table.slots];
    for slot in slots.iter_mut().take(parameters.len()) {
        *slot = Some(assembly.open_parameter());
    }
    let mut sharing: Vec<Option<&'static Sharing>> = vec![None; table.slots];
    let mut edges = table.has_edges.then(|| BodyEdges::new(Arc::clone(code)));
    for (index, step) in table.steps.iter().enumerate() {
        let (entry, finish) = entries(u32::try_from(index).unwrap_or(u32::MAX));
        let readings: Vec<_> = step
            .reads
            .iter()
            .filter_map(|(slot, mode)| {
                if *mode == Mode::Borrow && sharing[*slot].is_none() {
                    sharing[*slot] = sharing_of(code, *slot);
                }
                let shared = sharing[*slot].filter(|_| *mode == Mode::Borrow);
                slots[*slot].map(|slot| (slot, *mode, shared))
            })
            .collect();
        let body = match step.does {
            Does::TakeApart => Body::Glue(glue(Arc::clone(code), entry)),
            Does::End { hands_on } => {
                assembly.hands_on(hands_on);
                Body::Glue(glue(Arc::clone(code), entry))
            }
            Does::Node { callee, call, finishes } => {
                let callee = &table.callees[callee];
                let kind = assembly.kind((callee.graph)(), callee.place, &mut violations);
                let node = drafts.nodes.len();
                drafts.push_call(&callee.function, kind, &call);
                let is_map = call.partitions.is_some();
                let finish = finishes.then_some(finish);
                let ends_itself = callee.is_dag || is_map;
                let code = Arc::clone(code);
                let is_plain = !ends_itself && !callee.function.options.needs_attempts();
                let is_batch = false;
                let start =
                    Arc::new(NodeWork { code, callee, is_map, is_plain, entry, finish, is_batch });
                Body::Node { node, place: callee.place, ends_itself, start }
            }
        };
        assembly.push(body, &readings);
        for slot in step.fills {
            slots[*slot] = Some(assembly.open());
        }
        if let Some(edges) = &mut edges {
            edges.push(step.partitioned, step.fills, step.parts);
        }
    }
    signature.results = Results::Whole((table.result)());
    signature.outside = table.outside;
    for Output { name, from } in table.outputs {
        let origin = drafts.origin(*from);
        drafts.outputs.push(((*name).into(), origin));
    }
    let name = name::of_function(table.function);
    drafts.check_names(&name, &parameters, &mut violations);
    if !violations.is_empty() {
        return Err(BuildError::new(violations));
    }
    let edges = edges.map(|edges| Box::new(edges.of_plan(&slots)) as Box<dyn Edges>);
    let plan = assembly.end();
    Ok(Dag::from_graph(Graph::new(name, parameters, drafts, plan, signature, edges)))
}

/// How a slot is shared, by the type that its code has for it.
fn sharing_of(code: &Code, slot: usize) -> Option<&'static Sharing> {
    let entry = SHARING + u32::try_from(slot).ok()?;
    match code(entry, &Inputs::none()) {
        Work::Sharing(sharing) => Some(sharing),
        _ => None,
    }
}

fn glue(code: Code, entry: u32) -> Split {
    Arc::new(move |values| {
        // What takes a value apart asks nothing of its run.
        match code(entry, &Inputs::of(values)) {
            Work::Done(value) => Parts::One(value),
            Work::Parts(parts) => Parts::Several(parts),
            _ => unreachable!("a step that moves values has them at once"),
        }
    })
}

/// The work of a node of a body.
struct NodeWork {
    code: Code,
    callee: &'static Callee,
    is_map: bool,
    /// Whether it is a call that is made once, of a task that does not say anything else.
    is_plain: bool,
    entry: u32,
    /// The entry that makes the output of what the call returned.
    finish: Option<u32>,
    /// Whether it is a map for some of its partitions.
    is_batch: bool,
}

impl NodeWork {
    /// Whether it is a call of a task: those of a map and of a nested dag have slots and attempts of
    /// their own.
    fn is_call(&self) -> bool {
        !self.is_map && !self.callee.is_dag
    }

    /// What a call made, as the output.
    fn output(&self, value: Boxed, context: &Context) -> Ended {
        let Some(finish) = self.finish else { return Ok(value) };
        let inputs = Inputs::new(vec![Value::new(value)], context.clone());
        match (self.code)(finish, &inputs) {
            Work::Done(value) => Ok(value),
            Work::Failed(failure) => Err(failure),
            _ => unreachable!("what finishes a node has its value at once"),
        }
    }

    /// The value of one call, or of a map as a whole.
    fn value<'i>(&self, inputs: &'i Inputs) -> Either<Pending<'i>, Ready<Ended>> {
        match (self.code)(self.entry, inputs) {
            Work::Done(value) => Either::Right(ready(Ok(value))),
            Work::Failed(failure) => Either::Right(ready(Err(failure))),
            Work::Run(future) => Either::Left(future),
            _ => unreachable!("a node has one value"),
        }
    }

    /// One call, or a map as a whole.
    async fn call(&self, inputs: &Inputs, context: &Context) -> Ended {
        self.output(self.value(inputs).await?, context)
    }
}

impl plan::Work for NodeWork {
    fn now(&self, context: &Context, values: &mut Values) -> Option<Ended> {
        let Callee { place, limit, .. } = self.callee;
        if !self.is_plain || *place != Place::Compute {
            return None;
        }
        context.now(limit(), || {
            let inputs = Inputs::new(std::mem::take(values), context.clone());
            let value = match (self.code)(self.entry, &inputs) {
                Work::Done(value) => value,
                Work::Failed(failure) => return Err(failure),
                _ => unreachable!("a task that computes has its value at once"),
            };
            // Emptied, the list serves the next node.
            *values = inputs.into_values();
            values.clear();
            self.output(value, context)
        })
    }

    fn start(self: Arc<Self>, context: Context, values: Values) -> BoxFuture<Ended> {
        let is_plain = self.is_plain;
        context.start(is_plain, |context| {
            if is_plain && !context.run.is_watched() {
                // As below, in a future of half the size.
                return Box::pin(async move {
                    let inputs = &Inputs::new(values, context);
                    let (context, limit) = (inputs.own_context(), (self.callee.limit)());
                    let value = context.with_slot(limit, || self.value(inputs)).await?;
                    self.output(value, context)
                });
            }
            Box::pin(async move {
                // What the call borrows is gone when the future is done: a node that takes it may
                // follow.
                let inputs = match self.is_batch {
                    true => &Inputs::for_batch(values, context),
                    false => &Inputs::new(values, context),
                };
                let context = inputs.own_context();
                let call = || self.call(inputs, context);
                if self.is_call() {
                    let Callee { function, place, limit, .. } = self.callee;
                    once(context, (&function.options, limit(), *place), call).await
                } else if context.run.is_stopped() {
                    Err(Failure::cancelled())
                } else {
                    call().await
                }
            })
        })
    }

    fn for_batch(self: Arc<Self>, _: usize) -> Option<plan::Start> {
        let Self { callee, is_map, is_plain, entry, finish, .. } = *self;
        let code = Arc::clone(&self.code);
        let batch = Self { code, callee, is_map, is_plain, entry, finish, is_batch: true };
        is_map.then(|| Arc::new(batch) as plan::Start)
    }
}
