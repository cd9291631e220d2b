//! A node that is ready to run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use dagger_core::error::Failure;
use dagger_core::exec::context::Context;
use dagger_core::exec::plan::{Body, BoxFuture, Ended, Start};
use dagger_core::exec::value::Value;
use futures_util::FutureExt;

/// A node with its values.
pub(super) struct Ready {
    pub(super) step: usize,
    pub(super) context: Context,
    pub(super) values: Vec<Value>,
}

impl Ready {
    /// Does it at once, where that is all there is to it, or makes the future of its end.
    ///
    /// A panic is its failure, which is made on the thread that knows the place.
    pub(super) fn run(self) -> Result<Ended, BoxFuture<Ended>> {
        let Self { step, context, values } = self;
        let work = work(&context, step);
        match catch_unwind(AssertUnwindSafe(|| work.now(&context, values))) {
            Ok(Ok(ended)) => Ok(ended),
            Ok(Err(values)) => Err(caught(Arc::clone(work), context.clone(), values)),
            Err(panic) => Ok(Err(Failure::panicked(&*panic))),
        }
    }

    /// The future of its end, which does nothing before it is polled.
    pub(super) async fn start(self) -> Ended {
        match self.run() {
            Ok(ended) => ended,
            Err(future) => future.await,
        }
    }
}

fn work(context: &Context, step: usize) -> &Start {
    match &context.run.dag().plan().steps[step].body {
        Body::Node { start, .. } => start,
        Body::Glue(_) => unreachable!("only a node's step has work"),
    }
}

fn caught(work: Start, context: Context, values: Vec<Value>) -> BoxFuture<Ended> {
    let work = async move { work.start(context, values).await };
    let caught = AssertUnwindSafe(work).catch_unwind();
    Box::pin(caught.map(|end| end.unwrap_or_else(|panic| Err(Failure::panicked(&*panic)))))
}

/// Drops values of the user's, whose destructors may panic.
pub(super) fn discard<T>(value: T) -> Result<(), Failure> {
    catch_unwind(AssertUnwindSafe(|| drop(value))).map_err(|panic| Failure::panicked(&*panic))
}
