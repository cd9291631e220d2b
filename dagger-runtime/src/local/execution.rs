//! One run of one graph.
//!
//! All state belongs to the future: no lock, no atomic. A step is *waiting* (some step before it is
//! not done), *ready*, *in flight* (in place or on the pool), or *done*. A value lives in its slot
//! from the step that makes it to the last step that reads it.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, Waker};

use dagger_core::error::Failure;
use dagger_core::event::EventKind;
use dagger_core::exec::context::{Context, Run};
use dagger_core::exec::in_flight::InFlight;
use dagger_core::exec::plan::{Body, BoxFuture, Ended, Mode, Parts, Place};
use dagger_core::exec::value::{Boxed, Value, Values};

use super::Executors;
use super::node::{Ready, discard, panicked};
use super::pool::{Job, Pool};
use super::tracker::Outcome;

/// A step that is not waiting any more.
const BEGUN: usize = usize::MAX;

pub(super) struct Execution {
    run: Arc<Run>,
    /// Whether it is polled by the pool, where it may compute itself.
    is_on_pool: bool,
    slots: Vec<Option<Value>>,
    /// How many readers of a slot have not started.
    readers: Vec<usize>,
    /// How many steps a step still waits for; [`BEGUN`] from when it starts.
    waits_for: Vec<usize>,
    /// How many of the steps that wait for no other have started.
    first: usize,
    ready: VecDeque<usize>,
    /// `None` as long as every node was done at once.
    in_flight: Option<Box<Flight>>,
    failed: Option<(usize, Failure)>,
}

/// The nodes that are running.
struct Flight {
    /// Async nodes, and one that computes while there is nothing else to do.
    in_place: InFlight<BoxFuture<Ended>, usize>,
    /// Other nodes that compute.
    on_pool: InFlight<Job<Outcome<Ended>>, usize>,
}

impl Flight {
    fn new() -> Box<Self> {
        Box::new(Self { in_place: InFlight::new(Some(panicked)), on_pool: InFlight::new(None) })
    }
}

impl Execution {
    pub(super) fn new(run: Arc<Run>, parameters: Vec<Boxed>) -> Self {
        let plan = run.dag().plan();
        let mut slots: Vec<Option<Value>> = Vec::new();
        slots.resize_with(plan.slots.len(), || None);
        let mut execution = Self {
            run: Arc::clone(&run),
            is_on_pool: false,
            slots,
            readers: plan.readers.clone(),
            waits_for: plan.waits_for.clone(),
            first: 0,
            ready: VecDeque::new(),
            in_flight: None,
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
        self.is_on_pool = Pool::is_current();
        loop {
            self.go_on();
            if self.failed.is_some() || self.run.is_stopped() {
                break;
            }
            if self.is_idle() {
                let result = self.slots[self.run.dag().plan().result].take();
                let Some(result) = result else {
                    unreachable!("the steps of a graph lead to its result")
                };
                return Ok(result.into_boxed());
            }
            self.wait().await;
        }
        self.run.stop();
        self.wind_down().await;
        for value in self.slots.drain(..) {
            // The run has failed already, and not because of this.
            let _ = discard(value);
        }
        Err(self.failed.take().map_or_else(Failure::cancelled, |(_, failure)| failure))
    }

    /// Does what can be done without waiting.
    fn go_on(&mut self) {
        let run = Arc::clone(&self.run);
        let _burst = run.burst();
        while self.failed.is_none()
            && !run.is_stopped()
            && let Some(step) = self.next_ready()
        {
            self.start(step);
        }
    }

    fn next_ready(&mut self) -> Option<usize> {
        if let Some(step) = self.run.dag().plan().first.get(self.first) {
            self.first += 1;
            return Some(*step);
        }
        self.ready.pop_front()
    }

    fn is_idle(&self) -> bool {
        let is_empty = |flight: &Flight| flight.in_place.is_empty() && flight.on_pool.is_empty();
        self.in_flight.as_ref().is_none_or(|flight| is_empty(flight))
    }

    /// Waits for a step to be done, or for the end of the run.
    async fn wait(&mut self) {
        let run = Arc::clone(&self.run);
        let mut stopped = pin!(run.stopped());
        let mut done = Vec::new();
        poll_fn(|task| {
            self.poll(task, &mut done);
            if done.is_empty() { stopped.as_mut().poll(task) } else { Poll::Ready(()) }
        })
        .await;
        done.drain(..).for_each(|(step, ended)| self.end(step, ended));
    }

    /// Goes on with what is in flight, and adds what is done.
    fn poll(&mut self, task: &mut Task<'_>, done: &mut Vec<(usize, Ended)>) {
        if let Some(flight) = &mut self.in_flight {
            flight.on_pool.poll(task, |step, outcome| {
                done.extend(outcome.map(|outcome| (step, outcome.value)));
            });
            flight.in_place.poll(task, |step, ended| {
                done.extend(ended.map(|ended| (step, ended)));
            });
        }
    }

    /// Ends what is in flight. Nothing new starts; async tasks are dropped; what computes goes on
    /// to its end, as do maps and nested dags, for which that is near.
    async fn wind_down(&mut self) {
        self.skip_unstarted();
        let run = Arc::clone(&self.run);
        if let Some(flight) = &mut self.in_flight {
            flight.in_place.retain(|step, _| ends_itself(&run, step));
        }
        let mut done = Vec::new();
        poll_fn(|task| {
            self.poll(task, &mut done);
            done.drain(..).for_each(|(step, ended)| self.end(step, ended));
            if self.is_idle() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Drops the nodes that no thread has begun with.
    fn skip_unstarted(&mut self) {
        let Some(flight) = &mut self.in_flight else { return };
        flight.on_pool.retain(|step, job| {
            let is_skipped = job.skip();
            if is_skipped {
                // What is made of other work was told to have started.
                let is_started = ends_itself(&self.run, step);
                let kind = if is_started { EventKind::Cancelled } else { EventKind::Skipped };
                tell(&self.run, step, kind);
            }
            !is_skipped
        });
    }

    fn start(&mut self, step: usize) {
        let run = Arc::clone(&self.run);
        let values = self.gather(step);
        self.waits_for[step] = BEGUN;
        let (node, place, ends_itself) = match &run.dag().plan().steps[step].body {
            Body::Glue(split) => {
                return match split(values) {
                    Parts::One(value) => self.complete(step, [value]),
                    Parts::Several(values) => self.complete(step, values),
                };
            }
            Body::Node { node, place, ends_itself, .. } => (*node, *place, *ends_itself),
        };
        let context = Context::new(Arc::clone(&run), node);
        if run.is_watched() {
            context.tell_of_node(EventKind::WillStart);
            if ends_itself {
                context.tell_of_node(EventKind::Started);
            }
        }
        let node = Ready { step, context, values };
        // In place, a computing node keeps all others of its graph waiting.
        let are_all_first_begun = self.first == run.dag().plan().first.len();
        let is_alone = self.ready.is_empty() && are_all_first_begun && self.is_idle();
        if place == Place::Compute && !(self.is_on_pool && is_alone) {
            run.end_burst();
            let job = Executors::of(&run).compute(node.end());
            let flight = self.in_flight.get_or_insert_with(Flight::new);
            if let Poll::Ready(outcome) = flight.on_pool.start(job, step) {
                self.end(step, outcome.value);
            }
            return;
        }
        if ends_itself {
            run.end_burst();
        }
        match node.run() {
            Ok(ended) => self.end(step, ended),
            Err(future) => self.start_in_place(step, future),
        }
    }

    fn start_in_place(&mut self, step: usize, mut future: BoxFuture<Ended>) {
        // What suspends is polled again when it is in flight, with the right waker.
        let mut task = Task::from_waker(Waker::noop());
        let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut task)));
        let polled = match poll {
            Ok(Poll::Pending) => {
                let flight = self.in_flight.get_or_insert_with(Flight::new);
                flight.in_place.start(future, step)
            }
            Ok(ready) => ready,
            Err(panic) => Poll::Ready(panicked(panic)),
        };
        if let Poll::Ready(ended) = polled {
            self.end(step, ended);
        }
    }

    /// The values a step reads, out of their slots.
    fn gather(&mut self, step: usize) -> Values {
        let plan = self.run.dag().plan();
        let mut values = Values::with_capacity(plan.inputs(step).len());
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

    fn end(&mut self, step: usize, ended: Ended) {
        if self.run.is_watched() && ends_itself(&self.run, step) {
            let end = ended.as_ref().err().map_or(EventKind::Finished, EventKind::of_failure);
            tell(&self.run, step, end);
        }
        match ended {
            Ok(value) => self.complete(step, [value]),
            Err(failure) => self.fail(step, failure),
        }
    }

    /// Keeps the failure of the first step in the order of the body; the echo of another end of
    /// the run counts last.
    fn fail(&mut self, step: usize, failure: Failure) {
        let dag = self.run.dag();
        let Body::Node { node, .. } = dag.plan().steps[step].body else { return };
        let is_first = self.failed.as_ref().is_none_or(|(earlier, by)| {
            by.is_cancelled() || (step < *earlier && !failure.is_cancelled())
        });
        if is_first {
            let failure =
                if failure.is_cancelled() { failure } else { failure.at(&dag.nodes()[node].name) };
            self.failed = Some((step, failure));
        }
    }

    fn complete(&mut self, step: usize, values: impl IntoIterator<Item = Boxed>) {
        let run = Arc::clone(&self.run);
        let plan = run.dag().plan();
        for (slot, value) in (plan.steps[step].outputs..).zip(values) {
            if let Err(failure) = self.fill(slot, value) {
                self.fail(step, failure);
            }
        }
        for successor in plan.successors(step) {
            self.waits_for[*successor] -= 1;
            if self.waits_for[*successor] == 0 {
                self.ready.push_back(*successor);
            }
        }
    }

    /// Puts a value into its slot, or drops it, where nobody reads it.
    fn fill(&mut self, slot: usize, value: Boxed) -> Result<(), Failure> {
        let plan = self.run.dag().plan();
        if plan.readers[slot] == 0 {
            return discard(value);
        }
        self.slots[slot] = Some(match plan.slots[slot].sharing {
            Some(sharing) => sharing.share(value),
            None => Value::new(value),
        });
        Ok(())
    }
}

/// Whether a step is a map or a nested dag.
fn ends_itself(run: &Run, step: usize) -> bool {
    matches!(run.dag().plan().steps[step].body, Body::Node { ends_itself: true, .. })
}

/// Tells of a node as a whole.
fn tell(run: &Arc<Run>, step: usize, kind: EventKind) {
    if let Body::Node { node, .. } = run.dag().plan().steps[step].body
        && run.is_watched()
    {
        Context::new(Arc::clone(run), node).tell_of_node(kind);
    }
}

impl Drop for Execution {
    /// Tells of the nodes that the run has not come to, and of those that it gives up.
    fn drop(&mut self) {
        if !self.run.is_watched() {
            return;
        }
        self.skip_unstarted();
        if let Some(flight) = self.in_flight.take() {
            let steps: Vec<_> =
                flight.in_place.tags().chain(flight.on_pool.tags()).copied().collect();
            // Calls tell of their own end.
            drop(flight);
            for step in steps.into_iter().filter(|step| ends_itself(&self.run, *step)) {
                tell(&self.run, step, EventKind::Cancelled);
            }
        }
        for (step, waits_for) in self.waits_for.iter().enumerate() {
            if *waits_for != BEGUN {
                tell(&self.run, step, EventKind::Skipped);
            }
        }
    }
}
