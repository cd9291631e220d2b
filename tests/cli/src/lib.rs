//! Dags that run as programs: each as a function, as a whole, and node by node.

#![allow(
    clippy::must_use_candidate,
    clippy::let_unit_value,
    clippy::unnecessary_wraps,
    clippy::trivially_copy_pass_by_ref,
    clippy::cast_precision_loss,
    clippy::missing_panics_doc,
    reason = "tasks of every kind, which nobody else calls"
)]

pub mod dags;
pub mod law;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use dagger::Dag;
use serde::Serialize;

/// A dag with the values of its parameters, and what its function returns for them.
pub struct Case {
    /// Its name, which no other case has.
    pub name: &'static str,
    /// The dag.
    pub dag: fn() -> Dag,
    /// The parameters that are given, as JSON.
    pub parameters: fn() -> Vec<(&'static str, String)>,
    /// What the function returns, as JSON; `None` for `()`.
    pub returned: fn() -> Option<String>,
}

/// All cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    use dags::{
        basics, by_hand, cached, examples, fallible, formats, maps, nested, ownership, values,
        workflows,
    };
    let all = [basics::cases, maps::cases, nested::cases, values::cases];
    let more =
        [ownership::cases, fallible::cases, formats::cases, by_hand::cases, workflows::cases];
    let all = all.into_iter().chain(more).flat_map(|cases| cases());
    all.chain(examples::cases()).chain(cached::cases()).collect()
}

/// A value as JSON.
///
/// # Panics
///
/// If it has no such form.
pub fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("a value of a test is JSON")
}

/// The value of a future that never waits.
///
/// # Panics
///
/// If it does.
pub fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the tasks of these dags do not wait"),
    }
}

/// A case: a dag, its parameters, and a call of its function with the same values.
#[macro_export]
macro_rules! case {
    ($dag:ident($($parameter:ident = $value:expr),* $(,)?)) => {
        $crate::case!($dag as stringify!($dag), ($($parameter = $value),*), $dag($($value),*))
    };
    ($dag:ident as $name:expr, ($($parameter:ident = $value:expr),* $(,)?), $call:expr) => {
        $crate::Case {
            name: $name,
            dag: $dag::dag,
            parameters: || vec![$((stringify!($parameter), $crate::json(&$value))),*],
            returned: || Some($crate::json(&$call)),
        }
    };
}
