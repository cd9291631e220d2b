//! A subscriber that keeps all spans and events of a process, and shows those of a test as a tree.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, registry};

/// How long something may take to happen before it counts as lost.
const PATIENCE: Duration = Duration::from_mins(1);

/// What was recorded. A clone is the same.
#[derive(Clone, Default)]
pub struct Collector(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    spans: Vec<Span>,
    /// The spans by the ids of those that are open: ids are used again.
    open: HashMap<u64, usize>,
}

struct Span {
    name: &'static str,
    fields: Fields,
    parent: Option<usize>,
    events: Vec<String>,
    entered: usize,
    is_closed: bool,
}

/// The fields of a span or an event, as text.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let earlier = self.0.insert(field.name(), format!("{value:?}"));
        assert_eq!(earlier, None, "`{}` is recorded once", field.name());
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Numbers of runs differ from one time to the next.
        let shown = self.0.iter().filter(|(name, _)| !["message", "run"].contains(*name));
        shown.into_iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}

thread_local! {
    /// The spans that a thread is in.
    static ENTERED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

impl Collector {
    /// The collector of this process, which takes what is of this level, and of targets that begin so.
    ///
    /// # Panics
    ///
    /// If the process has another subscriber.
    pub fn install(level: LevelFilter, target: &'static str) -> &'static Self {
        static INSTALLED: OnceLock<Collector> = OnceLock::new();
        INSTALLED.get_or_init(|| {
            let collector = Self::default();
            let is_wanted = move |metadata: &Metadata<'_>| {
                *metadata.level() <= level && metadata.target().starts_with(target)
            };
            let filter = filter_fn(is_wanted).with_max_level_hint(level);
            let subscriber = registry().with(collector.clone().with_filter(filter));
            tracing::subscriber::set_global_default(subscriber).expect("it is the first one");
            collector
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.state());
        self.0.1.notify_all();
        result
    }

    /// What is in the span: a line each, sorted, with fields and events.
    #[must_use]
    pub fn tree(&self, span: &tracing::Span) -> String {
        let state = self.state();
        let root = state.open[&id(span)];
        state.below(root, 0)
    }

    /// The same when all spans in it are closed.
    ///
    /// # Panics
    ///
    /// If they never are.
    #[must_use]
    pub fn closed_tree(&self, span: &tracing::Span) -> String {
        let state = self.state();
        let root = state.open[&id(span)];
        let is_open = |state: &mut State| {
            let is_below = |mut at: usize| loop {
                match state.spans[at].parent {
                    Some(parent) if parent == root => break true,
                    Some(parent) => at = parent,
                    None => break false,
                }
            };
            (0..state.spans.len()).any(|at| !state.spans[at].is_closed && is_below(at))
        };
        let waited = self.0.1.wait_timeout_while(state, PATIENCE, is_open);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "spans that do not end:\n{}", state.below(root, 0));
        state.below(root, 0)
    }
}

fn id(span: &tracing::Span) -> u64 {
    span.id().expect("the span is taken").into_u64()
}

impl State {
    fn below(&self, span: usize, depth: usize) -> String {
        let indent = "  ".repeat(depth);
        let events = self.spans[span].events.iter();
        let mut texts: Vec<_> = events.map(|event| format!("{indent}- {event}\n")).collect();
        texts.sort();
        let children = (0..self.spans.len()).filter(|at| self.spans[*at].parent == Some(span));
        let mut below: Vec<_> = children
            .map(|at| {
                let Span { name, fields, .. } = &self.spans[at];
                format!("{indent}{name}{fields}\n{}", self.below(at, depth + 1))
            })
            .collect();
        below.sort();
        texts.extend(below);
        texts.concat()
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collector {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let parent = context.span(id).and_then(|span| Some(span.parent()?.id().into_u64()));
        self.change(|state| {
            let parent = parent.and_then(|parent| state.open.get(&parent)).copied();
            let name = attributes.metadata().name();
            let (events, entered, is_closed) = (Vec::new(), 0, false);
            state.spans.push(Span { name, fields, parent, events, entered, is_closed });
            let index = state.spans.len() - 1;
            state.open.insert(id.into_u64(), index);
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.change(|state| {
            let index = state.open[&id.into_u64()];
            values.record(&mut state.spans[index].fields);
        });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let span = context.event_span(event).map(|span| span.id().into_u64());
        let message = fields.0.get("message").map_or("", String::as_str);
        let level = event.metadata().level();
        let text = format!("{level} {message}{fields}");
        self.change(|state| {
            if let Some(index) = span.and_then(|span| state.open.get(&span)).copied() {
                let span = &mut state.spans[index];
                let is_own = event.metadata().target() == "dagger";
                assert!(is_own || span.entered > 0, "an event in a span that is not entered");
                span.events.push(text);
            }
        });
    }

    fn on_enter(&self, id: &Id, _: Context<'_, S>) {
        ENTERED.with_borrow_mut(|entered| entered.push(id.into_u64()));
        self.change(|state| {
            let index = state.open[&id.into_u64()];
            state.spans[index].entered += 1;
        });
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        let last = ENTERED.with_borrow_mut(Vec::pop);
        assert_eq!(last, Some(id.into_u64()), "a span is left where it was entered, in order");
        self.change(|state| {
            let index = state.open[&id.into_u64()];
            state.spans[index].entered -= 1;
        });
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.change(|state| {
            if let Some(index) = state.open.remove(&id.into_u64()) {
                let span = &mut state.spans[index];
                assert_eq!(span.entered, 0, "a span is closed after it was left");
                span.is_closed = true;
            }
        });
    }
}

/// Whether this thread is in a span.
#[must_use]
pub fn is_in_a_span() -> bool {
    ENTERED.with_borrow(|entered| !entered.is_empty())
}
