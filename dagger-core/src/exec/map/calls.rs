//! How a worker makes its calls: those that compute are done at once, others may suspend.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};
use std::vec::IntoIter;

use super::worker::{Record, Room};
use crate::error::Failure;
use crate::exec::in_flight::InFlight;

/// Calls that are in flight.
pub(super) trait Flying {
    /// How many there are.
    fn len(&self) -> usize;

    /// Their partitions.
    fn partitions(&self) -> impl Iterator<Item = usize>;
}

/// The calls of one worker.
pub(super) trait Calls<T, S, O>: Flying {
    /// Makes the calls of consecutive partitions, beginning with `next`, as long as there is room and
    /// the map goes on.
    fn make(
        &mut self,
        record: &mut Record<'_, S, O>,
        room: &mut Room<'_>,
        next: &mut usize,
        partitions: &mut IntoIter<T>,
    );

    /// Goes on with what was woken. How many calls are done now.
    fn go_on(&mut self, record: &mut Record<'_, S, O>, task: &mut Context<'_>) -> usize;
}

/// Calls of a task that computes.
pub(super) struct Computing<F>(pub(super) F);

impl<F> Flying for Computing<F> {
    fn len(&self) -> usize {
        0
    }

    fn partitions(&self) -> impl Iterator<Item = usize> {
        std::iter::empty()
    }
}

impl<T, S, O, F: Fn(usize, T) -> Result<O, Failure>> Calls<T, S, O> for Computing<F> {
    #[inline]
    fn make(
        &mut self,
        record: &mut Record<'_, S, O>,
        _: &mut Room<'_>,
        next: &mut usize,
        partitions: &mut IntoIter<T>,
    ) {
        record.expect(partitions.len());
        let mut partition = *next;
        for item in partitions.by_ref() {
            record.begin(partition);
            let result = match record.all_failures {
                false => (self.0)(partition, item),
                true => caught(|| (self.0)(partition, item)),
            };
            record.put(partition, result);
            partition += 1;
            if record.is_stopped() {
                break;
            }
        }
        *next = partition;
    }

    fn go_on(&mut self, _: &mut Record<'_, S, O>, _: &mut Context<'_>) -> usize {
        0
    }
}

/// A call that fails where it panics.
#[cold]
fn caught<O>(call: impl FnOnce() -> Result<O, Failure>) -> Result<O, Failure> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(Failure::panicked(&*panic)))
}

/// Calls that may suspend.
pub(super) struct Waiting<F, Fut: Future> {
    call: F,
    in_flight: InFlight<Fut, usize>,
}

impl<F, O, Fut: Future<Output = Result<O, Failure>>> Waiting<F, Fut> {
    /// No calls yet; one that panics is a failure among others where those are all wanted.
    pub(super) fn new(call: F, all_failures: bool) -> Self {
        let failed = |panic: Box<dyn Any + Send>| Err(Failure::panicked(&*panic));
        Self { call, in_flight: InFlight::new(all_failures.then_some(failed)) }
    }
}

impl<F, Fut: Future> Flying for Waiting<F, Fut> {
    fn len(&self) -> usize {
        self.in_flight.len()
    }

    fn partitions(&self) -> impl Iterator<Item = usize> {
        self.in_flight.tags().copied()
    }
}

impl<T, S, O, F, Fut> Calls<T, S, O> for Waiting<F, Fut>
where
    F: Fn(usize, T) -> Fut,
    Fut: Future<Output = Result<O, Failure>>,
{
    #[inline]
    fn make(
        &mut self,
        record: &mut Record<'_, S, O>,
        room: &mut Room<'_>,
        next: &mut usize,
        partitions: &mut IntoIter<T>,
    ) {
        record.expect(partitions.len());
        for item in partitions.by_ref() {
            let partition = *next;
            *next += 1;
            record.begin(partition);
            let has_room = match self.in_flight.start((self.call)(partition, item), partition) {
                Poll::Ready(result) => {
                    record.put(partition, result);
                    true
                }
                Poll::Pending => room.after_another(self.in_flight.len()),
            };
            if !has_room || record.is_stopped() {
                break;
            }
        }
    }

    fn go_on(&mut self, record: &mut Record<'_, S, O>, task: &mut Context<'_>) -> usize {
        let before = self.in_flight.len();
        self.in_flight.poll(task, |partition, polled| match polled {
            None => record.current = partition,
            Some(result) => record.put_late(partition, result),
        });
        before - self.in_flight.len()
    }
}
