//! No spans: the functions of `on.rs`, which do nothing.
#![expect(clippy::unused_self, reason = "a span of the feature is something")]

use std::future::Future;

use crate::error::Failure;
use crate::event::EventKind;
use crate::exec::context::CallOf;
use crate::exec::map::Ends;
use crate::exec::plan::BoxFuture;
use crate::graph::Dag;

/// No span.
#[derive(Clone, Default)]
pub(crate) struct Span(());

impl Span {
    #[inline]
    pub(crate) fn of_run(_: &Dag, _: u64) -> Self {
        Self(())
    }

    #[inline]
    pub(crate) fn of_node(&self, _: &Dag, _: usize) -> Self {
        Self(())
    }

    #[inline]
    pub(crate) fn of_call(&self, _: CallOf<'_>) -> Self {
        Self(())
    }

    #[inline]
    pub(crate) fn takes_calls(&self) -> bool {
        false
    }

    #[inline]
    pub(crate) fn label(&self, _: &str) {}

    #[inline]
    pub(crate) fn tell(&self, _: CallOf<'_>, _: &EventKind) {}

    #[inline]
    pub(crate) fn tell_of(&self, _: CallOf<'_>, _: &EventKind) {}

    #[inline]
    pub(crate) fn not_kept(&self, _: &str, _: &str) {}

    #[inline]
    pub(crate) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    #[inline]
    pub(crate) fn within<F: Future>(self, future: F) -> F {
        future
    }

    #[inline]
    pub(crate) fn within_boxed<T: 'static>(&self, future: BoxFuture<T>) -> BoxFuture<T> {
        future
    }

    #[inline]
    pub(crate) fn around_boxed<T: 'static>(
        &self,
        future: BoxFuture<Result<T, Failure>>,
        _: bool,
    ) -> BoxFuture<Result<T, Failure>> {
        future
    }

    #[inline]
    pub(crate) fn around_now<T>(
        self,
        work: impl FnOnce() -> Result<T, Failure>,
        _: Ends<T>,
    ) -> Result<T, Failure> {
        work()
    }
}

/// The future, in the span of the one who calls this.
pub fn in_current<F: Future>(future: F) -> F {
    future
}
