//! Sources of dagger over the primitives of [shuttle](https://docs.rs/shuttle), which runs them in
//! very many interleavings.
//!
//! The file is the one that dagger is built of; what it takes from the standard library to share
//! between threads it takes from the module `sync`, and here that is another one.

mod sync {
    pub(crate) use std::sync::Arc;

    pub(crate) use shuttle::sync::atomic::{AtomicBool, Ordering};
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};

    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[path = "../../../dagger-core/src/exec/in_flight.rs"]
pub mod in_flight;
