//! A node that is ready to run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use dagger_core::error::Failure;
use dagger_core::exec::context::Context;
use dagger_core::exec::plan::{Body, BoxFuture, Ended, Start};
use dagger_core::exec::value::Values;
use futures_util::FutureExt;

/// A node with its values.
pub(super) struct Ready {
    pub(super) step: usize,
    pub(super) context: Context,
    pub(super) values: Values,
}

impl Ready {
    /// Does it at once, where that is all there is to it, or makes the future of its end, in which it
    /// may still panic.
    pub(super) fn run(self) -> Result<Ended, BoxFuture<Ended>> {
        let Self { step, context, values } = self;
        let work = work(&context, step);
        // Where the panic is caught is the thread that knows its place.
        let run = catch_unwind(AssertUnwindSafe(|| {
            let started = work.now(&context, values);
            started.map_err(|values| Arc::clone(work).start(context.clone(), values))
        }));
        run.unwrap_or_else(|panic| Ok(panicked(panic)))
    }

    /// The end of it, which does nothing before it is polled.
    pub(super) async fn end(self) -> Ended {
        match self.run() {
            Ok(ended) => ended,
            Err(future) => AssertUnwindSafe(future).catch_unwind().await.unwrap_or_else(panicked),
        }
    }
}

/// A node that panicked, on the thread that knows where.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Ended {
    Err(Failure::panicked(&*panic))
}

fn work(context: &Context, step: usize) -> &Start {
    match &context.run.dag().plan().steps[step].body {
        Body::Node { start, .. } => start,
        Body::Glue(_) => unreachable!("only a node's step has work"),
    }
}

/// Drops values of the user's, whose destructors may panic.
pub(super) fn discard<T>(value: T) -> Result<(), Failure> {
    catch_unwind(AssertUnwindSafe(|| drop(value))).map_err(|panic| Failure::panicked(&*panic))
}
