//! One run of one graph.
//!
//! All state belongs to the future: no lock, no atomic. A step is *waiting* (some step before it is
//! not done), *ready*, *in flight* (in place or on the pool), or *done*. A value lives in its slot
//! from the step that makes it to the last step that reads it.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as Task, Poll, Waker};

use dagger_core::error::Failure;
use dagger_core::event::EventKind;
use dagger_core::exec::context::{Context, Run};
use dagger_core::exec::plan::{Body, BoxFuture, Mode, Place};
use dagger_core::exec::value::{Boxed, Value};
use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::Executors;
use super::pool::{Job, Pool};
use super::tracker::Outcome;

/// What a node ended with. A panic is a failure.
type Ended = Result<Boxed, Failure>;

/// A step that is not waiting any more.
const BEGUN: usize = usize::MAX;

pub(super) struct Execution {
    run: Arc<Run>,
    executors: Arc<Executors>,
    slots: Vec<Option<Value>>,
    /// How many readers of a slot have not started.
    readers: Vec<usize>,
    /// How many steps a step still waits for; [`BEGUN`] from when it starts.
    waits_for: Vec<usize>,
    ready: VecDeque<usize>,
    in_place: FuturesUnordered<InFlight<BoxFuture<Ended>>>,
    on_pool: FuturesUnordered<InFlight<Job<Outcome<Ended>>>>,
    failed: Option<(usize, Failure)>,
}

/// A step whose future is not ready.
struct InFlight<F> {
    step: usize,
    future: F,
}

impl<F: Future + Unpin> Future for InFlight<F> {
    type Output = (usize, F::Output);

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        let step = self.step;
        Pin::new(&mut self.future).poll(task).map(|ended| (step, ended))
    }
}

impl Execution {
    pub(super) fn new(run: Arc<Run>, parameters: Vec<Boxed>, executors: Arc<Executors>) -> Self {
        let plan = run.dag().plan();
        let mut slots: Vec<Option<Value>> = Vec::new();
        slots.resize_with(plan.slots.len(), || None);
        let waits_for: Vec<_> = plan.steps.iter().map(|step| step.waits_for).collect();
        let ready = (0..waits_for.len()).filter(|step| waits_for[*step] == 0).collect();
        let readers = plan.slots.iter().map(|slot| slot.readers).collect();
        let mut execution = Self {
            run: Arc::clone(&run),
            executors,
            slots,
            readers,
            waits_for,
            ready,
            in_place: FuturesUnordered::new(),
            on_pool: FuturesUnordered::new(),
            failed: None,
        };
        for (slot, value) in plan.parameters.iter().zip(parameters) {
            if let Err(failure) = execution.fill(*slot, value) {
                execution.failed = Some((0, failure));
            }
        }
        execution
    }

    /// Runs all steps. The value is the dag's result.
    pub(super) async fn finish(mut self) -> Result<Boxed, Failure> {
        while self.failed.is_none() && !self.run.is_stopped() {
            if let Some(step) = self.ready.pop_front() {
                self.start(step);
            } else if self.in_place.is_empty() && self.on_pool.is_empty() {
                let result = self.slots[self.run.dag().plan().result].take();
                let Some(Value::Owned(result)) = result else {
                    unreachable!("the steps of a graph lead to its result")
                };
                return Ok(result);
            } else if let Some((step, ended)) = self.next().await {
                self.end(step, ended);
            }
        }
        self.run.stop();
        self.wind_down().await;
        for value in self.slots.drain(..) {
            // The run has failed already, and not because of this.
            let _ = discard(value);
        }
        Err(self.failed.take().map_or_else(Failure::cancelled, |(_, failure)| failure))
    }

    /// Ends what is in flight. Nothing new starts; async tasks are dropped; what computes goes on
    /// to its end, as do maps and nested dags, for which that is near.
    async fn wind_down(&mut self) {
        for in_flight in std::mem::take(&mut self.in_place) {
            if self.ends_itself(in_flight.step) {
                self.in_place.push(in_flight);
            }
        }
        for in_flight in std::mem::take(&mut self.on_pool) {
            match in_flight.future.skip() {
                true => self.tell_of_skipped(in_flight.step),
                false => self.on_pool.push(in_flight),
            }
        }
        while let Some((step, ended)) = self.in_place.next().await {
            self.end(step, ended);
        }
        while let Some((step, outcome)) = self.on_pool.next().await {
            self.end(step, outcome.value);
        }
    }

    fn ends_itself(&self, step: usize) -> bool {
        matches!(self.run.dag().plan().steps[step].body, Body::Node { ends_itself: true, .. })
    }

    /// The next step that is done; `None` when the run was stopped.
    async fn next(&mut self) -> Option<(usize, Ended)> {
        let (in_place, on_pool) = (&mut self.in_place, &mut self.on_pool);
        let mut stopped = pin!(self.run.stopped());
        poll_fn(|task| {
            if let Poll::Ready(Some((step, outcome))) = on_pool.poll_next_unpin(task) {
                return Poll::Ready(Some((step, outcome.value)));
            }
            if let Poll::Ready(Some(done)) = in_place.poll_next_unpin(task) {
                return Poll::Ready(Some(done));
            }
            stopped.as_mut().poll(task).map(|()| None)
        })
        .await
    }

    fn start(&mut self, index: usize) {
        let run = Arc::clone(&self.run);
        let values = self.gather(index);
        self.waits_for[index] = BEGUN;
        match &run.dag().plan().steps[index].body {
            Body::Glue(split) => {
                let parts = split(values);
                self.complete(index, parts);
            }
            Body::Node { node, place, ends_itself, .. } => {
                let context = Context::new(Arc::clone(&run), *node);
                if run.is_watched() {
                    context.tell_of_node(EventKind::WillStart);
                    if *ends_itself {
                        context.tell_of_node(EventKind::Started);
                    }
                }
                // In place, a computing node keeps all others of its graph waiting.
                let is_alone =
                    self.ready.is_empty() && self.in_place.is_empty() && self.on_pool.is_empty();
                let offer = *place == Place::Compute && !(Pool::is_current() && is_alone);
                if offer {
                    let future = self.executors.compute(start(index, context, values));
                    self.on_pool.push(InFlight { step: index, future });
                    return;
                }
                let mut future: BoxFuture<_> = Box::pin(start(index, context, values));
                // What suspends is polled again when it is in flight, with the right waker.
                match future.as_mut().poll(&mut Task::from_waker(Waker::noop())) {
                    Poll::Ready(ended) => self.end(index, ended),
                    Poll::Pending => self.in_place.push(InFlight { step: index, future }),
                }
            }
        }
    }

    /// The values a step reads, out of their slots.
    fn gather(&mut self, step: usize) -> Vec<Value> {
        let plan = self.run.dag().plan();
        let mut values = Vec::with_capacity(plan.inputs(step).len());
        for &(slot, mode) in plan.inputs(step) {
            self.readers[slot] -= 1;
            let value = &mut self.slots[slot];
            let read = match (mode, &*value) {
                (Mode::Borrow, Some(Value::Shared(shared))) if self.readers[slot] > 0 => {
                    Some(Value::Shared(Arc::clone(shared)))
                }
                (Mode::Borrow, _) => value.take(),
                (Mode::Take, _) => match (value.take(), plan.slots[slot].sharing) {
                    (Some(Value::Shared(shared)), Some(sharing)) => Some(sharing.unshare(shared)),
                    (value, _) => value,
                },
            };
            let Some(read) = read else { unreachable!("a ready step finds its inputs") };
            values.push(read);
        }
        values
    }

    fn end(&mut self, index: usize, ended: Ended) {
        if self.run.is_watched() && self.ends_itself(index) {
            self.tell(
                index,
                match &ended {
                    Ok(_) => EventKind::Finished,
                    Err(failure) => EventKind::of_failure(failure),
                },
            );
        }
        match ended {
            Ok(value) => self.complete(index, vec![value]),
            Err(failure) => self.fail(index, failure),
        }
    }

    /// Keeps the failure of the first step in the order of the body; the echo of another end of
    /// the run counts last.
    fn fail(&mut self, index: usize, failure: Failure) {
        let dag = self.run.dag();
        let Body::Node { node, .. } = dag.plan().steps[index].body else { return };
        let is_first = self.failed.as_ref().is_none_or(|(earlier, by)| {
            by.is_cancelled() || (index < *earlier && !failure.is_cancelled())
        });
        if is_first {
            let failure =
                if failure.is_cancelled() { failure } else { failure.at(&dag.nodes()[node].name) };
            self.failed = Some((index, failure));
        }
    }

    fn complete(&mut self, index: usize, values: Vec<Boxed>) {
        let run = Arc::clone(&self.run);
        let plan = run.dag().plan();
        for (slot, value) in (plan.steps[index].outputs..).zip(values) {
            if let Err(failure) = self.fill(slot, value) {
                self.fail(index, failure);
            }
        }
        for successor in plan.successors(index) {
            self.waits_for[*successor] -= 1;
            if self.waits_for[*successor] == 0 {
                self.ready.push_back(*successor);
            }
        }
    }

    /// Puts a value into its slot, or drops it, where nobody reads it.
    fn fill(&mut self, slot: usize, value: Boxed) -> Result<(), Failure> {
        let plan = &self.run.dag().plan().slots[slot];
        if plan.readers == 0 {
            return discard(value);
        }
        self.slots[slot] = Some(match plan.sharing {
            Some(sharing) => sharing.share(value),
            None => Value::Owned(value),
        });
        Ok(())
    }

    /// Tells of a node whose work has not begun. Where that is made of other work, it was told to
    /// have started.
    fn tell_of_skipped(&self, step: usize) {
        match self.ends_itself(step) {
            true => self.tell(step, EventKind::Cancelled),
            false => self.tell(step, EventKind::Skipped),
        }
    }

    /// Tells of a node as a whole.
    fn tell(&self, step: usize, kind: EventKind) {
        if let Body::Node { node, .. } = self.run.dag().plan().steps[step].body {
            Context::new(Arc::clone(&self.run), node).tell_of_node(kind);
        }
    }
}

impl Drop for Execution {
    /// Tells of the nodes that the run has not come to, and of those that it gives up.
    fn drop(&mut self) {
        if !self.run.is_watched() {
            return;
        }
        // A task that has begun tells of its own end.
        for in_flight in std::mem::take(&mut self.in_place) {
            let InFlight { step, future } = in_flight;
            drop(future);
            if self.ends_itself(step) {
                self.tell(step, EventKind::Cancelled);
            }
        }
        for in_flight in std::mem::take(&mut self.on_pool) {
            let InFlight { step, future } = in_flight;
            let is_skipped = future.skip();
            drop(future);
            if is_skipped {
                self.tell_of_skipped(step);
            } else if self.ends_itself(step) {
                self.tell(step, EventKind::Cancelled);
            }
        }
        for (step, waits_for) in self.waits_for.iter().enumerate() {
            if *waits_for != BEGUN {
                self.tell(step, EventKind::Skipped);
            }
        }
    }
}

/// Drops a value of the user's, whose destructor may panic.
fn discard<T>(value: T) -> Result<(), Failure> {
    catch_unwind(AssertUnwindSafe(|| drop(value))).map_err(|panic| Failure::panicked(&*panic))
}

/// A node's work, from the moment it is polled; a panic in it is its failure.
fn start(
    step: usize,
    context: Context,
    values: Vec<Value>,
) -> impl Future<Output = Ended> + Send + 'static {
    let work = async move {
        let Body::Node { start, .. } = &context.run.dag().plan().steps[step].body else {
            unreachable!("only a node's step has work")
        };
        let start = Arc::clone(start);
        start.start(context, values).await
    };
    // Where the panic is caught is the thread that knows its place.
    AssertUnwindSafe(work)
        .catch_unwind()
        .map(|caught| caught.unwrap_or_else(|panic| Err(Failure::panicked(&*panic))))
}
