//! The nodes of one run, and the values between them.
//!
//! A step is *waiting* (some step before it is not done), *ready*, *begun*, or *done*. A value lives
//! in its slot from the step that makes it to the last step that reads it. Glue is done as soon as it
//! is ready.

use std::collections::VecDeque;
use std::sync::Arc;

use dagger_core::error::Failure;
use dagger_core::exec::plan::{Body, BoxFuture, Ended, Mode, Parts, Place};
use dagger_core::exec::run::Run;
use dagger_core::exec::signature::Results;
use dagger_core::exec::value::{Boxed, Value, Values};
use dagger_core::remote::TakenApart;

use super::node::discard;

/// In place of the number of steps that a step waits for: it has begun.
const BEGUN: usize = usize::MAX;

/// See the [module](self).
pub(super) struct Nodes {
    slots: Vec<Option<Value>>,
    /// For each slot, how many of its readers have not begun; then for each step, how many others it
    /// still waits for. One list, as a nested run is made in the time of a few allocations.
    counts: Vec<usize>,
    /// Those that compute and are ready.
    pub(super) computing: Queue<usize>,
    /// Those that the owner of the run polls and that are ready.
    pub(super) polled: Queue<usize>,
    /// Those that have begun to compute, and are to go on elsewhere.
    pub(super) begun: Queue<(usize, BoxFuture<Ended>)>,
    /// How many have begun and are not done.
    running: usize,
    failed: Option<(usize, Failure)>,
    /// Whether nothing is to begin any more.
    pub(super) is_abandoned: bool,
}

/// What is to be done: what comes first if there is nothing else, as in a chain, and the others in
/// their order.
pub(super) struct Queue<T> {
    next: Option<T>,
    others: VecDeque<T>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { next: None, others: VecDeque::new() }
    }
}

impl<T> Queue<T> {
    pub(super) fn len(&self) -> usize {
        usize::from(self.next.is_some()) + self.others.len()
    }

    pub(super) fn push(&mut self, item: T) {
        match self.next {
            None => self.next = Some(item),
            Some(_) => self.others.push_back(item),
        }
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        self.next.take().or_else(|| self.others.pop_front())
    }
}

/// What a node ended with, as the run keeps it.
pub(super) struct Done {
    step: usize,
    /// `None` where nobody reads the value.
    end: Result<Option<Value>, Failure>,
}

impl Done {
    pub(super) fn new(run: &Arc<Run>, step: usize, ended: Ended) -> Self {
        let plan = run.dag().plan();
        let end = ended.and_then(|value| keep(run, plan.steps[step].outputs, value));
        if end.is_err() {
            // Whatever works for the run stops as soon as it can.
            run.stop();
        }
        Self { step, end }
    }
}

/// The parts of a value that was taken apart before: by a run that keeps only those.
fn taken_apart(run: &Run, mut values: Values) -> Result<Parts, Values> {
    if run.attached().is_none() || !matches!(values[..], [Value::Owned(_)]) {
        return Err(values);
    }
    match values.pop().map(|value| TakenApart::parts(value.into_boxed())) {
        Some(Ok(parts)) => Ok(parts),
        Some(Err(value)) => Err(vec![Value::new(value)]),
        None => Err(values),
    }
}

/// A value for its slot; drops it, where nobody reads it.
fn keep(run: &Run, slot: usize, value: Boxed) -> Result<Option<Value>, Failure> {
    let plan = run.dag().plan();
    if plan.readers[slot] == 0 {
        return discard(value).map(|()| None);
    }
    Ok(Some(match plan.slots[slot].sharing {
        Some(sharing) => sharing.share(value),
        None => Value::new(value),
    }))
}

impl Nodes {
    pub(super) fn new(run: &Run, parameters: Vec<Boxed>) -> Self {
        let plan = run.dag().plan();
        let mut slots: Vec<Option<Value>> = Vec::new();
        slots.resize_with(plan.slots.len(), || None);
        let counts = [&plan.readers[..], &plan.waits_for[..]].concat();
        let mut failed = None;
        for (slot, value) in plan.parameters.iter().zip(parameters) {
            match keep(run, *slot, value) {
                Ok(value) => slots[*slot] = value,
                Err(failure) => failed = Some((0, failure)),
            }
        }
        let (computing, polled, begun) = Default::default();
        let (running, is_abandoned) = (0, false);
        let mut nodes =
            Self { slots, counts, computing, polled, begun, running, failed, is_abandoned };
        for step in &plan.first {
            nodes.make_ready(run, *step);
        }
        nodes
    }

    /// Whether nothing is left to do, or to wait for.
    pub(super) fn are_over(&self) -> bool {
        self.running == 0 && !self.has_ready()
    }

    fn has_ready(&self) -> bool {
        self.computing.len() + self.polled.len() > 0
    }

    /// Whether a node that is ready to compute is the only thing that could go on.
    pub(super) fn have_one(&self) -> bool {
        self.running == 0 && self.polled.len() == 0 && self.computing.len() == 1
    }

    /// Whether the only thing that goes on, or could, is the node that began last.
    pub(super) fn is_alone(&self) -> bool {
        self.running == 1 && !self.has_ready()
    }

    /// Whether nothing keeps nodes from beginning, but for the end of the run.
    pub(super) fn may_begin(&self) -> bool {
        self.failed.is_none() && !self.is_abandoned
    }

    pub(super) fn have_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// The failure that ends the run.
    pub(super) fn take_failure(&mut self) -> Option<Failure> {
        self.failed.take().map(|(_, failure)| failure)
    }

    /// The dag's result, when all is done.
    pub(super) fn take_result(&mut self, run: &Run) -> Boxed {
        let Some(result) = self.slots[run.dag().plan().result].take() else {
            unreachable!("the steps of a graph lead to its result")
        };
        result.into_boxed()
    }

    /// The values that are left.
    pub(super) fn take_values(&mut self) -> impl Iterator<Item = Value> + use<> {
        let values: Vec<_> = self.slots.iter_mut().filter_map(Option::take).collect();
        values.into_iter()
    }

    /// Begins a node that is ready there; adds the values that it reads. The run may be over by now.
    pub(super) fn begin(&mut self, run: &Run, place: Place, values: &mut Values) -> Option<usize> {
        if !self.may_begin() || run.is_stopped() {
            return None;
        }
        let step = match place {
            Place::Compute => self.computing.pop()?,
            Place::Async => self.polled.pop()?,
        };
        self.gather(run, step, values);
        *self.waits_for(step) = BEGUN;
        self.running += 1;
        Some(step)
    }

    /// The values a step reads, out of their slots.
    fn gather(&mut self, run: &Run, step: usize, values: &mut Values) {
        let plan = run.dag().plan();
        let inputs = plan.inputs(step);
        values.reserve_exact(inputs.len());
        for &(slot, mode) in inputs {
            self.counts[slot] -= 1;
            let value = &mut self.slots[slot];
            let read = match (mode, &*value) {
                (Mode::Borrow, Some(Value::Shared(shared))) if self.counts[slot] > 0 => {
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
    }

    /// A node that had begun is done.
    pub(super) fn end(&mut self, run: &Run, done: Done) {
        let Done { step, end } = done;
        self.running -= 1;
        *self.waits_for(step) = BEGUN;
        match end {
            Ok(value) => {
                self.slots[run.dag().plan().steps[step].outputs] = value;
                self.make_successors_ready(run, step);
            }
            Err(failure) => self.fail(run, step, failure),
        }
    }

    /// Keeps the failure of the first step in the order of the body; the echo of another end of
    /// the run counts last.
    fn fail(&mut self, run: &Run, step: usize, failure: Failure) {
        let dag = run.dag();
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

    /// How many steps a step still waits for.
    fn waits_for(&mut self, step: usize) -> &mut usize {
        &mut self.counts[self.slots.len() + step]
    }

    fn make_successors_ready(&mut self, run: &Run, step: usize) {
        for successor in run.dag().plan().successors(step) {
            let waits_for = self.waits_for(*successor);
            *waits_for -= 1;
            if *waits_for == 0 {
                self.make_ready(run, *successor);
            }
        }
    }

    fn make_ready(&mut self, run: &Run, step: usize) {
        if self.is_abandoned {
            return;
        }
        match &run.dag().plan().steps[step].body {
            Body::Node { place: Place::Compute, .. } => self.computing.push(step),
            Body::Node { place: Place::Async, .. } => self.polled.push(step),
            Body::Glue(_) if self.hand_on(run, step) => {}
            Body::Glue(split) => {
                let first = run.dag().plan().steps[step].outputs;
                let mut values = Values::new();
                self.gather(run, step, &mut values);
                match taken_apart(run, values).unwrap_or_else(|values| split(values)) {
                    Parts::One(value) => self.fill(run, step, first, value),
                    Parts::Several(values) => {
                        let parts = (first..).zip(values);
                        parts.for_each(|(slot, value)| self.fill(run, step, slot, value));
                    }
                }
                *self.waits_for(step) = BEGUN;
                self.make_successors_ready(run, step);
            }
        }
    }

    /// Moves the value that a step reads to the slot that it fills, if that is all that the step does.
    fn hand_on(&mut self, run: &Run, step: usize) -> bool {
        let (plan, results) = (run.dag().plan(), &run.dag().signature().results);
        if plan.handed_on_by != Some(step) {
            return false;
        }
        let (Results::Whole(ty), &[(slot, Mode::Take)]) = (results, plan.inputs(step)) else {
            return false;
        };
        let value = &mut self.slots[slot];
        let moves = value.as_mut().is_some_and(|value| value.moves_as(*ty));
        if moves {
            self.slots[plan.result] = value.take();
            self.counts[slot] -= 1;
            *self.waits_for(step) = BEGUN;
        }
        moves
    }

    /// Puts a part of a value into its slot.
    fn fill(&mut self, run: &Run, step: usize, slot: usize, value: Boxed) {
        match keep(run, slot, value) {
            Ok(value) => self.slots[slot] = value,
            Err(failure) => self.failed = Some((step, failure)),
        }
    }

    /// Lets nothing begin any more. Gives up the nodes that were to go on elsewhere.
    pub(super) fn abandon(&mut self) -> Vec<(usize, BoxFuture<Ended>)> {
        self.is_abandoned = true;
        (self.computing, self.polled) = Default::default();
        let mut given_up = Vec::new();
        while let Some((step, future)) = self.begun.pop() {
            self.give_up(step);
            given_up.push((step, future));
        }
        given_up
    }

    /// Gives up a node that has begun and is not polled any more.
    pub(super) fn give_up(&mut self, step: usize) {
        self.running -= 1;
        *self.waits_for(step) = BEGUN;
    }

    /// The steps that the run has not come to.
    pub(super) fn not_begun(&self) -> impl Iterator<Item = usize> {
        let waits = self.counts[self.slots.len()..].iter().enumerate();
        waits.filter(|(_, waits_for)| **waits_for != BEGUN).map(|(step, _)| step)
    }
}
