//! What threads share, in one place: the model checks of `tests/model` have other ones here.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};
pub(crate) use std::time::Instant;

/// A lock that a panic cannot poison for others: what it guards is whole at every step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Passes a moment.
pub(crate) fn spin() {
    (0..32).for_each(|_| std::hint::spin_loop());
}
