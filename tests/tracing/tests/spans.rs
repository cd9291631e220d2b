//! All spans of runs, as trees: on what thread a task runs makes no difference.

#[path = "spans/support.rs"]
mod support;

#[path = "spans/cache.rs"]
mod cache;
#[path = "spans/ends.rs"]
mod ends;
#[path = "spans/shapes.rs"]
mod shapes;
