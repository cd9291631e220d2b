//! The local runtime, seen from outside: what runs at the same time, what is bounded, what is shared, and how runs end.
//!
//! Nothing here sleeps and hopes. Tasks that should run at the same time meet at a barrier, orders are forced with
//! latches, and a defect that would hang a test makes it fail after a minute.
#![allow(
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    reason = "whether a node moves or borrows its inputs is what many of these tasks are for"
)]

#[path = "runtime/support.rs"]
mod support;

#[path = "runtime/again.rs"]
mod again;
#[path = "runtime/all_failures.rs"]
mod all_failures;
#[path = "runtime/attempts.rs"]
mod attempts;
#[path = "runtime/cancellation.rs"]
mod cancellation;
#[path = "runtime/clock.rs"]
mod clock;
#[path = "runtime/concurrency.rs"]
mod concurrency;
#[path = "runtime/contexts.rs"]
mod contexts;
#[path = "runtime/destructors.rs"]
mod destructors;
#[path = "runtime/errors.rs"]
mod errors;
#[path = "runtime/failure.rs"]
mod failure;
#[path = "runtime/fairness.rs"]
mod fairness;
#[path = "runtime/first.rs"]
mod first;
#[path = "runtime/idle.rs"]
mod idle;
#[path = "runtime/interrupted.rs"]
mod interrupted;
#[path = "runtime/labels.rs"]
mod labels;
#[path = "runtime/laws.rs"]
mod laws;
#[path = "runtime/limits.rs"]
mod limits;
#[path = "runtime/many.rs"]
mod many;
#[path = "runtime/matrix.rs"]
mod matrix;
#[path = "runtime/memory.rs"]
mod memory;
#[path = "runtime/nested.rs"]
mod nested;
#[path = "runtime/observed.rs"]
mod observed;
#[path = "runtime/order.rs"]
mod order;
#[path = "runtime/panics.rs"]
mod panics;
#[path = "runtime/progress.rs"]
mod progress;
#[path = "runtime/shapes.rs"]
mod shapes;
#[path = "runtime/sharing.rs"]
mod sharing;
#[path = "runtime/slots.rs"]
mod slots;
#[path = "runtime/values.rs"]
mod values;
#[path = "runtime/waiting.rs"]
mod waiting;
