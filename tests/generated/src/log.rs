//! The log of task calls, by which the two readings of a program are compared.
//!
//! One log for the whole process: tasks are plain functions and have nowhere else to write. Programs therefore run
//! one after another.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What happened since the log was last taken.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Calls as `task(argument, …)`, in the order in which they began.
    pub calls: Vec<String>,
    /// Texts of the errors that tasks returned.
    pub failures: Vec<String>,
}

static LOG: Mutex<Log> = Mutex::new(Log { calls: Vec::new(), failures: Vec::new() });
static TICKS: AtomicU64 = AtomicU64::new(0);

/// Notes the call of a task, and gives other threads a chance to overtake it.
pub fn record(task: &str, arguments: &[&dyn Debug]) {
    let arguments: Vec<String> = arguments.iter().map(|argument| format!("{argument:?}")).collect();
    with(|log| log.calls.push(format!("{task}({})", arguments.join(", "))));
    match tick() % 64 {
        0 => std::thread::sleep(Duration::from_micros(50)),
        1..24 => std::thread::yield_now(),
        _ => {}
    }
}

/// Notes that a task returns an error of this text.
pub fn failed(text: &str) {
    with(|log| log.failures.push(text.to_owned()));
}

/// Empties the log and returns what was in it.
#[must_use]
pub fn take() -> Log {
    with(std::mem::take)
}

/// Suspends an async task now and then, for a varying time, so that partitions end in another order than they began.
///
/// The time depends on how many calls the process has seen, not on the arguments: two runs of one program then
/// interleave differently.
pub async fn pause() {
    let tick = tick();
    if tick.is_multiple_of(24) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for _ in 0..tick % 4 {
        tokio::task::yield_now().await;
    }
}

/// The next of a fixed sequence of scattered numbers.
fn tick() -> u64 {
    let tick = TICKS.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (tick ^ (tick >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32
}

fn with<T>(read: impl FnOnce(&mut Log) -> T) -> T {
    // A task that panicked elsewhere must not turn every later program into a failure.
    read(&mut LOG.lock().unwrap_or_else(PoisonError::into_inner))
}
