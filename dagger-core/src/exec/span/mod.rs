//! Spans of [`tracing`](https://docs.rs/tracing), behind the feature of that name.
//!
//! - A *run* has a span, in the one that its caller is in; a nested run is in that of the call that
//!   runs it.
//! - A *node* has one in that of its run, from when it starts.
//! - A *call* of a map has one in that of its node, as has an attempt of a task with options.
//!
//! Parents are explicit, so the chain is the same on whatever thread a task runs. A span is entered
//! while its code is called, polled or dropped, and never in between. Where nobody takes it, what is in
//! it is in the span around it: in that of the caller, if need be.
//!
//! Without the feature, the functions are empty; with it, they look once whether there is a subscriber
//! at all. What a map has for spans of its calls is other code than it has otherwise, and chosen once
//! for all calls of a worker.

#[cfg(feature = "tracing")]
mod future;
#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod on;

#[cfg(not(feature = "tracing"))]
use off as chosen;
#[cfg(feature = "tracing")]
use on as chosen;

pub(crate) use chosen::Span;
pub use chosen::in_current;
