//! A call of a task, with its attempts.
//!
//! A call holds its slots while an attempt runs, and none while it pauses before the next one. An
//! attempt ends with a value, or it fails: the task returned an `Err`, panicked, or took too long.
//!
//! What an attempt has to know of itself deep inside of the code of a body is kept for the thread that
//! polls it, and for as long as it does (`Current`): whether it is the last one, and the label that
//! the task's proxy makes of the arguments.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use super::context::{CallOf, Context};
use super::plan::Place;
use super::slots::{CallSlot, Limit};
use super::span::Span;
use crate::error::{Cause, FailedCall, Failure};
use crate::event::EventKind;
use crate::options::TaskOptions;
use crate::progress::Count;

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// The attempt that a thread is polling.
struct Current {
    is_last: bool,
    label: Option<Arc<str>>,
    /// The label as it was made, while nobody but a failure would need it.
    text: Option<String>,
    /// Whose label it is, too.
    span: Span,
    /// Who is told that the attempt starts once its label is known.
    starts: Option<(Context, Option<usize>, u32)>,
}

/// Makes an attempt the current one until it is dropped; then what it was is the current one again.
struct Entered<'a>(&'a mut Option<Current>);

impl<'a> Entered<'a> {
    fn new(current: &'a mut Option<Current>) -> Self {
        CURRENT.with_borrow_mut(|entered| std::mem::swap(entered, current));
        Self(current)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(|entered| std::mem::swap(entered, self.0));
    }
}

/// Whether no other attempt follows the current one, whatever it ends with.
pub(crate) fn is_last() -> bool {
    CURRENT.with_borrow(|current| current.as_ref().is_none_or(|current| current.is_last))
}

/// Names the current call, with the label that its task makes of the arguments.
pub fn name_call(label: impl FnOnce() -> String) {
    let has_none = |current: &Current| current.label.is_none() && current.text.is_none();
    if CURRENT.with_borrow(|current| current.as_ref().is_some_and(has_none)) {
        let label = label();
        CURRENT.with_borrow_mut(|current| {
            if let Some(current) = current {
                current.span.label(&label);
                match current.starts {
                    Some(_) => current.label = Some(label.into()),
                    None => current.text = Some(label),
                }
            }
        });
    }
    let starts = CURRENT.with_borrow_mut(|current| {
        let current = current.as_mut()?;
        Some((current.starts.take()?, current.label.clone()))
    });
    if let Some(((context, partition, attempt), label)) = starts {
        let call = CallOf { partition, label: label.as_ref(), attempt };
        context.tell(call, EventKind::Started);
    }
}

/// A call: tells what happens to it, and that it was skipped or cancelled where it is dropped before
/// its end.
struct Call<'a> {
    context: &'a Context,
    partition: Option<usize>,
    label: Option<Arc<str>>,
    attempt: u32,
    /// That of the attempt; none where the node's is that of its only call.
    span: Span,
    /// The attempt that runs.
    current: Option<Current>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Started,
    Ended,
}

impl Call<'_> {
    fn tell(&mut self, kind: EventKind) {
        self.state = match kind {
            EventKind::Started | EventKind::Retried { .. } => State::Started,
            _ => State::Ended,
        };
        let Self { partition, attempt, .. } = *self;
        let call = CallOf { partition, label: self.label.as_ref(), attempt };
        self.span.tell(call, &kind);
        if self.context.run.is_watched() {
            self.context.tell(call, kind);
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        match self.state {
            State::Waiting => self.tell(EventKind::Skipped),
            State::Started => {
                let label = self.current.take().and_then(|current| current.label);
                self.label = label.or_else(|| self.label.take());
                self.tell(EventKind::Cancelled);
            }
            State::Ended => {}
        }
    }
}

/// Runs a call of a task that is not mapped, in as many attempts as it takes.
pub(crate) async fn once<T, Fut>(
    context: &Context,
    (options, limit, place): (&TaskOptions, Limit, Place),
    mut attempt: impl FnMut() -> Fut + Send,
) -> Result<T, Failure>
where
    T: Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    if options.needs_attempts() || context.run.is_watched() {
        context.count(Count::Calls, 1);
        // In a box, since most calls have no room for it to waste.
        return Box::pin(attempts(context, (options, limit, place), None, |_| attempt())).await;
    }
    context.with_slot(limit, attempt).await
}

/// Counts as a call that pauses.
struct Pausing<'a>(&'a AtomicUsize);

impl<'a> Pausing<'a> {
    fn new(pausing: &'a AtomicUsize) -> Self {
        pausing.fetch_add(1, Ordering::Relaxed);
        Self(pausing)
    }
}

impl Drop for Pausing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs a call in as many attempts as it takes: of a partition of a map, if there is one, whose worker
/// has a count of the calls that pause. `attempt` makes one, and is told whether it is the last.
pub(crate) async fn attempts<T, Fut>(
    context: &Context,
    (options, limit, place): (&TaskOptions, Limit, Place),
    partition: Option<(usize, &AtomicUsize)>,
    mut attempt: impl FnMut(bool) -> Fut + Send,
) -> Result<T, Failure>
where
    T: Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    let (partition, pausing) = partition.unzip();
    let (state, span, current) = (State::Waiting, Span::default(), None);
    let mut call = Call { context, partition, label: None, attempt: 1, span, current, state };
    loop {
        let mut slot = context.slot(limit).await?;
        let retry = options.retry.filter(|retry| call.attempt <= retry.limit);
        let retry = retry.filter(|_| !context.wants_single_attempt());
        let is_watched = context.run.is_watched();
        let starts = (options.label.is_some() && is_watched)
            .then(|| (context.clone(), partition, call.attempt));
        match starts {
            Some(_) => call.state = State::Started,
            None => call.tell(EventKind::Started),
        }
        if partition.is_some() || options.needs_attempts() {
            let (label, attempt) = (call.label.as_ref(), call.attempt);
            call.span = context.span.of_call(CallOf { partition, label, attempt });
        }
        let (is_last, label, span) = (retry.is_none(), call.label.take(), call.span.clone());
        call.current = Some(Current { is_last, label, text: None, span, starts });
        let made = call.span.clone().within(async { attempt(is_last).await });
        let timeout = options.timeout.map(|limit| (limit, place));
        let result = run(context, &mut slot, timeout, &mut call.current, pin!(made)).await;
        if let Some(Current { label, text, starts, .. }) = call.current.take() {
            call.label = label.or_else(|| text.filter(|_| result.is_err()).map(Into::into));
            if starts.is_some() {
                // It failed before it had made its label.
                call.tell(EventKind::Started);
            }
        }
        drop(slot);
        let mut failure = match result {
            Ok(value) => {
                call.tell(EventKind::Finished);
                return Ok(value);
            }
            Err(failure) => failure,
        };
        if let Some(retry) = retry
            && !failure.is_cancelled()
            && !context.run.is_stopped()
        {
            let pause = with_jitter(retry.pause(call.attempt));
            let error = failure.into_text();
            call.tell(EventKind::Retried { error, pause });
            // The pause is not a part of it.
            call.span = Span::default();
            let pausing = pausing.map(Pausing::new);
            context.pause(pause).await;
            drop(pausing);
            call.attempt += 1;
            continue;
        }
        if retry.is_some() {
            // Another attempt would follow, had the run not ended: this was no failure of the call.
            failure = Failure::cancelled();
        }
        call.tell(EventKind::of_failure(&failure));
        let attempt = options.retry.map(|_| call.attempt);
        failure.call = FailedCall { partition, label: call.label.take(), attempt };
        return Err(failure);
    }
}

/// Polls an attempt to its end, or until its time is over; what is known of it is in `current`.
async fn run<T>(
    context: &Context,
    slot: &mut CallSlot,
    timeout: Option<(Duration, Place)>,
    current: &mut Option<Current>,
    mut attempt: Pin<&mut (impl Future<Output = Result<T, Failure>> + Send)>,
) -> Result<T, Failure> {
    let host = context.run.host();
    // What computes cannot be interrupted; but its result may come too late.
    let begin = timeout.filter(|(_, place)| *place == Place::Compute).map(|_| host.now());
    let mut timer = None;
    poll_fn(|task| {
        let polled = {
            let _entered = Entered::new(current);
            slot.poll(context, || {
                catch_unwind(AssertUnwindSafe(|| attempt.as_mut().poll(task)))
                    .unwrap_or_else(|panic| Poll::Ready(Err(Failure::panicked(&*panic))))
            })
        };
        match (polled, timeout, begin) {
            (Poll::Ready(_), Some((timeout, _)), Some(begin))
                if host.now().saturating_duration_since(begin) > timeout =>
            {
                Poll::Ready(Err(Failure::new(Cause::TimedOut(timeout))))
            }
            (Poll::Pending, Some((timeout, _)), _) => {
                // Most never suspend, and need no timer.
                let timer = timer.get_or_insert_with(|| host.sleep(timeout));
                let over = timer.as_mut().poll(task);
                over.map(|()| Err(Failure::new(Cause::TimedOut(timeout))))
            }
            (polled, ..) => polled,
        }
    })
    .await
}

/// Between half of the pause and all of it, so that calls that failed together do not all come back
/// together.
fn with_jitter(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + fastrand::f64() / 2.0)
}
