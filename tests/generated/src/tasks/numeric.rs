//! Numbers in, numbers out: `Copy` values, by value and by reference.

use std::time::Duration;

use dagger::task;

use super::called;
use crate::log::pause;
use crate::values::small;

/// A node without inputs.
#[task]
pub fn start() -> u64 {
    called!(start);
    7
}

/// A node without inputs, async.
#[task]
pub async fn start_async() -> u64 {
    called!(start_async);
    pause().await;
    9
}

/// The plainest task.
#[task]
pub fn double(n: u64) -> u64 {
    called!(double, n);
    small(n * 2)
}

/// The plainest async task.
#[task]
pub async fn double_async(n: u64) -> u64 {
    called!(double_async, n);
    pause().await;
    small(n * 2)
}

/// Two inputs that are not interchangeable.
#[task]
pub fn mix(left: u64, right: u64) -> u64 {
    called!(mix, left, right);
    small(left * 3 + right)
}

/// Two inputs that are not interchangeable, async.
#[task]
pub async fn mix_async(left: u64, right: u64) -> u64 {
    called!(mix_async, left, right);
    pause().await;
    small(left * 3 + right)
}

/// Three inputs, one of them by reference.
#[task]
pub fn blend(first: u64, second: &u64, third: u64) -> u64 {
    called!(blend, first, second, third);
    small(first + second * 5 + third * 7)
}

/// A `Copy` value by reference.
#[task]
pub fn weigh_number(n: &u64) -> u64 {
    called!(weigh_number, n);
    small(n + 13)
}

/// A `Copy` value by reference, async.
#[task]
pub async fn weigh_number_async(n: &u64) -> u64 {
    called!(weigh_number_async, n);
    pause().await;
    small(n + 13)
}

/// An input built by `Some(…)`.
#[task]
pub fn raise(n: u64, by: Option<u64>) -> u64 {
    called!(raise, n, by);
    small(n + by.unwrap_or(1))
}

/// An input built by an associated function of a type from elsewhere.
#[task]
pub fn delay(n: u64, time: Duration) -> u64 {
    called!(delay, n, time);
    small(n + u64::from(time.subsec_millis()))
}

/// An input built by an associated function of a type from elsewhere, async.
#[task]
pub async fn delay_async(n: u64, time: Duration) -> u64 {
    called!(delay_async, n, time);
    pause().await;
    small(n + u64::from(time.subsec_millis()))
}

/// Runs after a node whose output is nothing.
#[task]
pub fn after(done: (), n: u64) -> u64 {
    called!(after, done, n);
    small(n + 1)
}

/// A node whose output is nothing.
#[task]
pub fn note(n: u64) {
    called!(note, n);
}

/// A node whose output is nothing, async.
#[task]
pub async fn note_async(n: u64) {
    called!(note_async, n);
    pause().await;
}

/// Three outputs of one node.
#[task]
pub fn cut(n: u64) -> (u64, u64, String) {
    called!(cut, n);
    (n / 3, n % 3, format!("cut {n}"))
}

/// Two outputs of one node.
#[task]
pub fn halve(n: u64) -> (u64, u64) {
    called!(halve, n);
    (n / 2, n - n / 2)
}

/// Two outputs of one node, async.
#[task]
pub async fn halve_async(n: u64) -> (u64, u64) {
    called!(halve_async, n);
    pause().await;
    (n / 2, n - n / 2)
}
