//! The slots of running tasks: those of a run, and those of a task over all runs.
//!
//! Who holds a slot is running: nothing that waits, not even for a slot of the other kind, holds one.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use async_lock::{Semaphore, SemaphoreGuard};
use futures_util::future::{Either, select};

use super::context::Context;
use super::plan::Ended;
use super::run::Run;
use crate::error::Failure;

thread_local! {
    /// The number of the run of which this thread holds a slot that no task uses now; 0 for none.
    static HELD: Cell<u64> = const { Cell::new(0) };
}

/// Holds a slot of a run for the tasks that a thread does one after another: see [`Run::burst`].
pub struct Burst<'a> {
    /// The run, and what the thread held before; `None` where it holds a slot of this run already.
    begun: Option<(&'a Run, u64)>,
}

impl Drop for Burst<'_> {
    fn drop(&mut self) {
        if let Some((run, before)) = self.begun {
            run.end_burst();
            HELD.set(before);
        }
    }
}

/// A slot of a run, which is given back when this is dropped.
struct RunSlot(Option<Arc<Run>>);

impl RunSlot {
    /// Takes over what somebody has acquired.
    fn of(run: &Arc<Run>, slot: SemaphoreGuard<'_>) -> Self {
        slot.forget();
        Self(Some(Arc::clone(run)))
    }

    /// Somebody else gives it back.
    fn forget(mut self) {
        self.0 = None;
    }
}

impl Drop for RunSlot {
    fn drop(&mut self) {
        if let Some(run) = &self.0 {
            run.root().permits.add_permits(1);
        }
    }
}

/// The held slot of a thread, while a task uses it.
struct InUse(u64);

impl Drop for InUse {
    fn drop(&mut self) {
        HELD.set(self.0);
    }
}

impl Run {
    /// Takes a slot, if there is one, for the computing tasks that this thread does one after another
    /// before the burst is dropped: a run of short tasks would spend its time with slots.
    #[must_use]
    pub fn burst(&self) -> Burst<'_> {
        if HELD.get() == self.number {
            return Burst { begun: None };
        }
        let begun = self.root().permits.try_acquire().map(|slot| {
            slot.forget();
            (self, HELD.replace(self.number))
        });
        Burst { begun }
    }

    /// Gives the slot of a burst back, as before anything that is more than a short task.
    pub fn end_burst(&self) {
        if HELD.get() == self.number {
            HELD.set(0);
            self.root().permits.add_permits(1);
        }
    }

    /// Gives the slot of a burst back, where somebody waits for one.
    pub fn lend_burst(&self) {
        if self.root().waiting.load(Ordering::Relaxed) > 0 {
            self.end_burst();
        }
    }
}

/// The slot of a running task; dropping it frees the slot.
pub struct Permit {
    task: Option<SemaphoreGuard<'static>>,
    run: RunSlot,
}

/// The slot of a call.
pub(crate) enum CallSlot {
    /// That of the burst of this thread, as long as the call does not suspend.
    Held,
    /// Its own, until this is dropped.
    Own(#[expect(dead_code, reason = "what counts is when it is dropped")] Permit),
}

impl CallSlot {
    /// Polls the call.
    pub(crate) fn poll<T>(&mut self, context: &Context, poll: impl FnOnce() -> Poll<T>) -> Poll<T> {
        if matches!(self, Self::Own(_)) {
            return poll();
        }
        let in_use = InUse(HELD.replace(0));
        let polled = poll();
        if polled.is_pending() {
            // From now on it is the call's own.
            std::mem::forget(in_use);
            let run = RunSlot(Some(Arc::clone(&context.run)));
            *self = Self::Own(Permit { task: None, run });
        }
        polled
    }
}

/// Counts as somebody who waits for a slot.
struct Waits(Arc<Run>);

impl Waits {
    fn new(run: Arc<Run>) -> Self {
        run.root().waiting.fetch_add(1, Ordering::Relaxed);
        Self(run)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.root().waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The slots of a worker: taken one by one, lent to calls that are in flight, and used again for the
/// next ones. What is not lent is given back before the worker waits, unless somebody else does.
pub(crate) struct Slots {
    context: Context,
    limit: Limit,
    /// For the next calls.
    spare: usize,
    /// Of calls in flight.
    lent: usize,
}

impl Slots {
    /// Makes sure that there is one to spare. Whether there is.
    #[inline]
    pub(crate) fn try_take(&mut self) -> bool {
        if self.spare == 0
            && let Some(permit) = self.context.try_permit(self.limit)
        {
            self.add(permit);
        }
        self.spare > 0
    }

    /// Waits for one: to be [`add`](Self::add)ed.
    pub(crate) fn wait(&self) -> impl Future<Output = Permit> + Send + use<> {
        self.context.permit(self.limit)
    }

    pub(crate) fn add(&mut self, permit: Permit) {
        let Permit { task, run } = permit;
        run.forget();
        if let Some(task) = task {
            task.forget();
        }
        self.spare += 1;
    }

    /// The spare one goes to a call that is in flight now.
    pub(crate) fn lend(&mut self) {
        self.spare -= 1;
        self.lent += 1;
    }

    /// So many calls in flight have ended.
    #[inline]
    pub(crate) fn free(&mut self, calls: usize) {
        if calls > 0 {
            self.lent -= calls;
            self.spare += calls;
            if self.context.run.root().waiting.load(Ordering::Relaxed) > 0 {
                self.give_back();
            }
        }
    }

    /// Gives back what is to spare.
    pub(crate) fn give_back(&mut self) {
        let spare = std::mem::take(&mut self.spare);
        if spare > 0 {
            self.context.run.root().permits.add_permits(spare);
            if let Some(limit) = self.limit {
                limit.add_permits(spare);
            }
        }
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        self.spare += std::mem::take(&mut self.lent);
        self.give_back();
    }
}

/// How many calls of a task may run at the same time in the process.
pub type Limit = Option<&'static Semaphore>;

impl Context {
    pub(crate) fn try_permit(&self, limit: Limit) -> Option<Permit> {
        let task = match limit {
            Some(limit) => Some(limit.try_acquire()?),
            None => None,
        };
        let slot = self.run.root().permits.try_acquire()?;
        Some(Permit { task, run: RunSlot::of(&self.run, slot) })
    }

    /// Makes a call of a task that computes, if there is a slot for it now, and nobody is told of
    /// calls.
    pub(crate) fn now(&self, limit: Limit, call: impl FnOnce() -> Ended) -> Option<Ended> {
        if self.run.is_watched() {
            return None;
        }
        let call = || {
            let span = self.run.span.of_node(self.run.dag(), self.node);
            span.around_now(call, None)
        };
        if limit.is_none() && HELD.get() == self.run.number {
            let _in_use = InUse(HELD.replace(0));
            return Some(call());
        }
        let _permit = self.try_permit(limit)?;
        Some(call())
    }

    /// Waits for a slot of the task and one of the run, and holds neither while it waits for the
    /// other: who holds a slot is running.
    pub(crate) fn permit(&self, limit: Limit) -> impl Future<Output = Permit> + Send + use<> {
        let waits = Waits::new(Arc::clone(&self.run));
        async move {
            let run = &waits.0;
            let slot = |slot| RunSlot::of(run, slot);
            let permits = &run.root().permits;
            let Some(limit) = limit else {
                return Permit { task: None, run: slot(permits.acquire().await) };
            };
            loop {
                let task = limit.acquire().await;
                if let Some(run) = permits.try_acquire() {
                    return Permit { task: Some(task), run: slot(run) };
                }
                drop(task);
                let run = permits.acquire().await;
                if let Some(task) = limit.try_acquire() {
                    return Permit { task: Some(task), run: slot(run) };
                }
            }
        }
    }

    /// Makes a call of a task that is not mapped, with a slot; that of a burst, if this thread has one
    /// and as long as the call does not suspend.
    pub(crate) async fn with_slot<T, Fut>(
        &self,
        limit: Limit,
        call: impl FnOnce() -> Fut,
    ) -> Result<T, Failure>
    where
        Fut: Future<Output = Result<T, Failure>>,
    {
        let mut slot = self.slot(limit).await?;
        let mut call = pin!(call());
        poll_fn(|task| slot.poll(self, || call.as_mut().poll(task))).await
    }

    /// Waits for the slot of a call, which is polled next, on this thread.
    ///
    /// # Errors
    ///
    /// If the run has ended.
    pub(crate) async fn slot(&self, limit: Limit) -> Result<CallSlot, Failure> {
        if !self.run.is_stopped() {
            if limit.is_none() && HELD.get() == self.run.number {
                return Ok(CallSlot::Held);
            }
            if let Some(permit) = self.try_permit(limit) {
                return Ok(CallSlot::Own(permit));
            }
        }
        // To wait for one takes room, which most calls have no use for.
        Ok(CallSlot::Own(Box::pin(self.enter(limit)).await?))
    }

    /// No slots yet, for the calls of a worker.
    pub(crate) fn slots(&self, limit: Limit) -> Slots {
        Slots { context: self.clone(), limit, spare: 0, lent: 0 }
    }

    /// Waits for the slots of a task that is to run.
    ///
    /// # Errors
    ///
    /// If the run has ended.
    pub(crate) async fn enter(&self, limit: Limit) -> Result<Permit, Failure> {
        let permit = match self.try_permit(limit) {
            Some(permit) => Some(permit),
            None => {
                let permit = pin!(self.permit(limit));
                match select(permit, pin!(self.run.stopped())).await {
                    Either::Left((permit, _)) => Some(permit),
                    Either::Right(_) => None,
                }
            }
        };
        match permit {
            Some(permit) if !self.run.is_stopped() => Ok(permit),
            _ => Err(Failure::cancelled()),
        }
    }
}
