//! The spans, and the events in them.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::field::Empty;
use tracing::level_filters::{LevelFilter, STATIC_MAX_LEVEL};
use tracing::span::Entered;
use tracing::{Level, debug_span, event, info_span};

use super::future::{Around, Outcome, Tells, Within};
use crate::error::Failure;
use crate::event::EventKind;
use crate::exec::context::CallOf;
use crate::exec::map::Ends;
use crate::exec::plan::BoxFuture;
use crate::graph::{Dag, NodeKind};

const TARGET: &str = "dagger";

/// A span of the library's, or the one around it, where nobody takes it.
#[derive(Clone)]
pub(crate) struct Span {
    handle: tracing::Span,
    role: Role,
    /// Whether it is one of the library's.
    is_taken: bool,
}

#[derive(Clone, Copy)]
enum Role {
    /// Nobody takes anything.
    Nothing,
    Run,
    Node,
    /// A call: of a partition, if there is one.
    Call(Option<usize>),
}

impl Default for Span {
    /// None at all.
    fn default() -> Self {
        Self { handle: tracing::Span::none(), role: Role::Nothing, is_taken: false }
    }
}

/// Whether somebody may take something of this level.
fn is_taken(level: LevelFilter) -> bool {
    level <= STATIC_MAX_LEVEL && level <= LevelFilter::current()
}

impl Span {
    /// That of a run that begins here.
    pub(crate) fn of_run(dag: &Dag, number: u64) -> Self {
        if !is_taken(LevelFilter::ERROR) {
            return Self::default();
        }
        let span = info_span!(
            target: TARGET, "run", dag = dag.name(), run = number, outcome = Empty
        );
        Self::or(span, tracing::Span::current, Role::Run)
    }

    /// That of a node of this run.
    pub(crate) fn of_node(&self, dag: &Dag, node: usize) -> Self {
        if self.is_nothing() {
            return Self::default();
        }
        let node = || &dag.nodes()[node];
        let kind = || match node().kind {
            NodeKind::Task => "task",
            NodeKind::Dag(_) => "dag",
        };
        let span = info_span!(
            target: TARGET, parent: &self.handle, "node", node = node().name.as_str(),
            kind = kind(), mapped = node().is_mapped().then_some(true), outcome = Empty
        );
        Self::or(span, || self.handle.clone(), Role::Node)
    }

    /// That of a call of this node, or of an attempt of it.
    pub(crate) fn of_call(&self, call: CallOf<'_>) -> Self {
        if self.is_nothing() {
            return Self::default();
        }
        let CallOf { partition, label, attempt } = call;
        let span = debug_span!(
            target: TARGET, parent: &self.handle, "call", partition, label = Empty, attempt,
            outcome = Empty
        );
        if let Some(label) = label {
            span.record("label", &**label);
        }
        Self::or(span, || self.handle.clone(), Role::Call(partition))
    }

    fn or(span: tracing::Span, around: impl FnOnce() -> tracing::Span, role: Role) -> Self {
        let is_taken = !span.is_disabled();
        Self { handle: if is_taken { span } else { around() }, role, is_taken }
    }

    fn is_nothing(&self) -> bool {
        matches!(self.role, Role::Nothing)
    }

    /// Whether somebody may take the spans of its calls.
    pub(crate) fn takes_calls(&self) -> bool {
        !self.is_nothing() && is_taken(LevelFilter::DEBUG)
    }

    /// The label of the call is known now.
    pub(crate) fn label(&self, label: &str) {
        if self.is_taken {
            self.handle.record("label", label);
        }
    }

    /// Tells what has happened: what the span has come to, and an event of what did not succeed.
    pub(crate) fn tell(&self, call: CallOf<'_>, kind: &EventKind) {
        if !self.is_nothing() {
            self.event(call, kind);
            self.record(kind);
        }
    }

    pub(super) fn record(&self, kind: &EventKind) {
        let outcome = match kind {
            _ if !self.is_taken => return,
            EventKind::WillStart
            | EventKind::Started
            | EventKind::Skipped
            | EventKind::Recalled
            | EventKind::Outdated { .. }
            | EventKind::NotKept { .. } => return,
            EventKind::Retried { .. } => "retried",
            EventKind::Finished => "finished",
            EventKind::Failed { .. } => "failed",
            EventKind::Cancelled => "cancelled",
        };
        self.handle.record("outcome", outcome);
    }

    /// Tells of a call that has no span of its own, in an event of what did not succeed.
    pub(crate) fn tell_of(&self, call: CallOf<'_>, kind: &EventKind) {
        if !self.is_nothing() {
            self.event(call, kind);
        }
    }

    /// Tells that what a node of the run returned is not kept.
    pub(crate) fn not_kept(&self, node: &str, reason: &str) {
        if !self.is_nothing() {
            event!(target: TARGET, parent: &self.handle, Level::WARN, node, reason, "is not kept");
        }
    }

    fn event(&self, call: CallOf<'_>, kind: &EventKind) {
        // What its span has, an event has not.
        let is_in_call = self.is_taken && matches!(self.role, Role::Call(_));
        let CallOf { partition, label, attempt } =
            if is_in_call { CallOf::default() } else { call };
        let (label, attempt) = (label.map(|label| &**label), (attempt > 1).then_some(attempt));
        macro_rules! event_of {
            ($level:ident, $message:literal $($field:tt)*) => {
                event!(
                    target: TARGET, parent: &self.handle, Level::$level, partition, label, attempt
                    $($field)*, $message
                )
            };
        }
        match (kind, self.role) {
            (EventKind::Retried { error, pause }, _) => {
                event_of!(WARN, "failed, and will be retried", ?pause, error = error.as_str());
            }
            (EventKind::Failed { error }, Role::Run) => {
                event_of!(ERROR, "failed", error = error.as_deref());
            }
            (EventKind::Failed { error }, _) => {
                event_of!(WARN, "failed", error = error.as_deref());
            }
            (EventKind::Cancelled, Role::Run) => event_of!(INFO, "cancelled"),
            (EventKind::Cancelled, _) => event_of!(DEBUG, "cancelled"),
            _ => {}
        }
    }

    pub(super) fn enter(&self) -> Entered<'_> {
        self.handle.enter()
    }

    /// Does it in the span.
    pub(crate) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        self.handle.in_scope(work)
    }

    /// The call that it is of.
    pub(super) fn call(&self) -> CallOf<'static> {
        match self.role {
            Role::Call(partition) => CallOf::of(partition),
            _ => CallOf::default(),
        }
    }

    /// The future, in the span.
    pub(crate) fn within<F: Future>(self, future: F) -> Within<F> {
        Within::new(future, self)
    }

    /// The same for a boxed future, which is left as it is where there is no span.
    pub(crate) fn within_boxed<T: 'static>(&self, future: BoxFuture<T>) -> BoxFuture<T> {
        match self.is_nothing() {
            true => future,
            false => Box::pin(Within::new(future, self.clone())),
        }
    }

    /// The future in the span, which is told of its end; in an event as well, if it is one call of a
    /// task: a map, and a nested dag, fail with what was told of before.
    pub(crate) fn around<F: Future<Output: Outcome>>(
        self,
        future: F,
        is_call: bool,
        ends: Ends<<F::Output as Outcome>::Value>,
    ) -> Around<F> {
        Around::new(future, Tells { span: self, is_call, ends })
    }

    /// The same for a boxed future, which is left as it is where there is no span.
    pub(crate) fn around_boxed<T: 'static>(
        &self,
        future: BoxFuture<Result<T, Failure>>,
        is_call: bool,
    ) -> BoxFuture<Result<T, Failure>> {
        match self.is_nothing() {
            true => future,
            false => Box::pin(self.clone().around(future, is_call, None)),
        }
    }

    /// The same for a call of a task that is done at once.
    pub(crate) fn around_now<T>(
        self,
        work: impl FnOnce() -> Result<T, Failure>,
        ends: Ends<T>,
    ) -> Result<T, Failure> {
        if self.is_nothing() {
            return work();
        }
        let tells = Tells { span: self, is_call: true, ends };
        let result = catch_unwind(AssertUnwindSafe(|| {
            let _entered = tells.span.enter();
            work()
        }));
        let result = result.unwrap_or_else(|panic| tells.panicked(panic));
        tells.end(&result);
        result
    }
}

/// The future, in the span of the one who calls this.
pub fn in_current<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let handle = match is_taken(LevelFilter::ERROR) {
        true => tracing::Span::current(),
        false => tracing::Span::none(),
    };
    Span { handle, role: Role::Nothing, is_taken: false }.within(future)
}
