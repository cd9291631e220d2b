//! A node that runs.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use dagger_core::error::Failure;
use dagger_core::event::EventKind;
use dagger_core::exec::context::Context;
use dagger_core::exec::plan::{Body, BoxFuture, Ended, Start};
use dagger_core::exec::run::Run;
use dagger_core::exec::value::Values;
use futures_util::FutureExt;

use crate::durable::{self, Scope};

/// Does a node at once, where that is all there is to it, or makes the future of its end, in which it
/// may still panic.
pub(super) fn start(
    context: &Context,
    step: usize,
    values: &mut Values,
) -> Result<Ended, BoxFuture<Ended>> {
    let body = &context.run.dag().plan().steps[step].body;
    let Body::Node { start: work, ends_itself: is_composed, .. } = body else {
        unreachable!("only a node's step has work")
    };
    if let Some(scope) = Scope::of(&context.run) {
        return Err(durable::start(&scope, context, body, values, begin));
    }
    begin(context, work, *is_composed, values)
}

/// The same for work that is to be done, whatever was done before.
fn begin(
    context: &Context,
    work: &Start,
    is_composed: bool,
    values: &mut Values,
) -> Result<Ended, BoxFuture<Ended>> {
    let run = &context.run;
    if is_composed {
        run.end_burst();
    }
    let told = if run.is_watched() { Told::begin(context, is_composed) } else { None };
    // Where the panic is caught is the thread that knows its place.
    let run = catch_unwind(AssertUnwindSafe(|| {
        let done = work.now(context, values);
        done.ok_or_else(|| Arc::clone(work).start(context.clone(), std::mem::take(values)))
    }));
    let run = run.unwrap_or_else(|panic| Ok(panicked(panic)));
    match (run, told) {
        (run, None) => run,
        (Ok(ended), Some(told)) => Ok(told.end(ended)),
        (Err(future), Some(told)) => Err(Box::pin(async move { told.end(end_of(future).await) })),
    }
}

/// Tells of the end of a node that is made of other work, whose calls tell of their own ends only.
struct Told(Option<Context>);

impl Told {
    fn begin(context: &Context, is_composed: bool) -> Option<Self> {
        context.tell_of_node(EventKind::WillStart);
        is_composed.then(|| {
            context.tell_of_node(EventKind::Started);
            Self(Some(context.clone()))
        })
    }

    fn end(mut self, ended: Ended) -> Ended {
        if let Some(context) = self.0.take() {
            let end = ended.as_ref().err().map_or(EventKind::Finished, EventKind::of_failure);
            context.tell_of_node(end);
        }
        ended
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if let Some(context) = &self.0 {
            context.tell_of_node(EventKind::Cancelled);
        }
    }
}

/// The end of a node that has begun.
pub(super) async fn end_of(future: BoxFuture<Ended>) -> Ended {
    AssertUnwindSafe(future).catch_unwind().await.unwrap_or_else(panicked)
}

/// A node that panicked, on the thread that knows where.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Ended {
    Err(Failure::panicked(&*panic))
}

/// Whether a step is made of other work: a map or a nested dag.
pub(super) fn ends_itself(run: &Run, step: usize) -> bool {
    matches!(run.dag().plan().steps[step].body, Body::Node { ends_itself: true, .. })
}

/// The node of a step.
pub(super) fn node_of(run: &Run, step: usize) -> usize {
    match run.dag().plan().steps[step].body {
        Body::Node { node, .. } => node,
        Body::Glue(_) => unreachable!("only a node's step has a node"),
    }
}

/// Tells of a node as a whole.
pub(super) fn tell(run: &Arc<Run>, step: usize, kind: EventKind) {
    if run.is_watched() && !is_glue(run, step) {
        Context::new(Arc::clone(run), node_of(run, step)).tell_of_node(kind);
    }
}

fn is_glue(run: &Run, step: usize) -> bool {
    matches!(run.dag().plan().steps[step].body, Body::Glue(_))
}

/// Drops values of the user's, whose destructors may panic.
pub(super) fn discard<T>(value: T) -> Result<(), Failure> {
    catch_unwind(AssertUnwindSafe(|| drop(value))).map_err(|panic| Failure::panicked(&*panic))
}
