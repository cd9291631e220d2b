//! Futures in a span.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Span;
use crate::error::Failure;
use crate::event::EventKind;
use crate::exec::map::Ends;
use crate::panic_place;

pin_project! {
    /// A future that is polled, and dropped, in a span.
    pub(crate) struct Within<F: Future> {
        // `None` when it is done.
        #[pin]
        future: Option<F>,
        span: Span,
    }

    impl<F: Future> PinnedDrop for Within<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                let _entered = this.span.enter();
                this.future.set(None);
            }
        }
    }
}

impl<F: Future> Within<F> {
    pub(super) fn new(future: F, span: Span) -> Self {
        Self { future: Some(future), span }
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.span.enter();
        poll(this.future, task)
    }
}

/// Polls a future, and drops it when it is done.
fn poll<F: Future>(mut future: Pin<&mut Option<F>>, task: &mut Context<'_>) -> Poll<F::Output> {
    let Some(polled) = future.as_mut().as_pin_mut() else {
        unreachable!("a future is polled until it is done")
    };
    let output = polled.poll(task);
    if output.is_ready() {
        future.set(None);
    }
    output
}

/// A span that is told of the end of its work.
pub(super) struct Tells<T> {
    pub(super) span: Span,
    /// Whether there is an event of the end.
    pub(super) is_call: bool,
    pub(super) ends: Ends<T>,
}

impl<T> Tells<T> {
    pub(super) fn end(&self, result: &Result<T, Failure>) {
        self.tell(&match result {
            Ok(value) if self.ends.is_some_and(|ends| ends(value)) => {
                EventKind::Failed { error: None }
            }
            Ok(_) => EventKind::Finished,
            Err(failure) => EventKind::of_failure(failure),
        });
    }

    fn tell(&self, kind: &EventKind) {
        match self.is_call {
            true => self.span.tell(self.span.call(), kind),
            false => self.span.record(kind),
        }
    }

    /// Tells of a panic, which goes on to whoever catches it.
    pub(super) fn panicked(&self, panic: Box<dyn Any + Send>) -> ! {
        self.tell(&EventKind::Failed { error: Some(text_of(&*panic)) });
        resume_unwind(panic)
    }
}

/// A panic as a failure says it, whose place is for the one who catches it.
fn text_of(panic: &(dyn Any + Send)) -> String {
    let message = panic_place::message(panic);
    format!("panicked: {}", message.unwrap_or("a value that is not a string"))
}

/// What a call comes to, by its type alone. (A bound `F: Future<Output = Result<T, Failure>>` beside
/// a `T` of its own asks rustc to find two spellings of a type such as `Box<dyn Error>` equal, deep in
/// the future of a dag, where it forgets that they are.)
pub(crate) trait Outcome {
    type Value;

    fn result(&self) -> &Result<Self::Value, Failure>;
}

impl<T> Outcome for Result<T, Failure> {
    type Value = T;

    fn result(&self) -> &Self {
        self
    }
}

pin_project! {
    /// A future in a span that is told of its end.
    pub(crate) struct Around<F: Future>
    where
        F::Output: Outcome,
    {
        // `None` when it is done.
        #[pin]
        future: Option<F>,
        tells: Tells<<F::Output as Outcome>::Value>,
    }

    impl<F: Future> PinnedDrop for Around<F>
    where
        F::Output: Outcome,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                {
                    let _entered = this.tells.span.enter();
                    this.future.set(None);
                }
                this.tells.tell(&EventKind::Cancelled);
            }
        }
    }
}

impl<F: Future<Output: Outcome>> Around<F> {
    pub(super) fn new(future: F, tells: Tells<<F::Output as Outcome>::Value>) -> Self {
        Self { future: Some(future), tells }
    }
}

impl<F: Future<Output: Outcome>> Future for Around<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let polled = {
            let _entered = this.tells.span.enter();
            let polled = catch_unwind(AssertUnwindSafe(|| poll(this.future.as_mut(), task)));
            if polled.is_err() {
                this.future.set(None);
            }
            polled
        };
        let polled = polled.unwrap_or_else(|panic| this.tells.panicked(panic));
        if let Poll::Ready(end) = &polled {
            this.tells.end(end.result());
        }
        polled
    }
}
