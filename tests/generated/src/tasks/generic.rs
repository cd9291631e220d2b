//! Generic tasks, called with and without their type argument.

use std::fmt::Debug;

use dagger::task;

use super::called;
use crate::log::pause;
use crate::values::short;

/// The identity, with a note of what passed.
#[task]
pub fn keep<T: Debug + Send + 'static>(value: T) -> T {
    called!(keep, value);
    value
}

/// The identity, with a note of what passed, async.
#[task]
pub async fn keep_async<T: Debug + Send + 'static>(value: T) -> T {
    called!(keep_async, value);
    pause().await;
    value
}

/// Borrows anything that can be shared.
#[task]
pub fn describe<T: Debug + Sync>(value: &T) -> String {
    called!(describe, value);
    short(&format!("{value:?}"))
}

/// Borrows anything that can be shared, async.
#[task]
pub async fn describe_async<T: Debug + Sync>(value: &T) -> String {
    called!(describe_async, value);
    pause().await;
    short(&format!("{value:?}"))
}
