//! Sources of dagger over the primitives of [shuttle](https://docs.rs/shuttle), which runs them in
//! very many interleavings.
//!
//! The files are those that dagger is built of; what they take from the standard library to share
//! between threads they take from the module `sync`, and here that is another one.
#![cfg(test)]

mod checks;

mod sync {
    use std::ops::Sub;
    use std::time::Duration;

    pub(crate) use std::sync::Arc;

    pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};

    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A time that passes with the steps of the threads.
    #[derive(Clone, Copy)]
    pub(crate) struct Instant(usize);

    impl Instant {
        pub(crate) fn now() -> Self {
            Self(shuttle::current::context_switches())
        }

        pub(crate) fn elapsed(self) -> Duration {
            Self::now() - self
        }
    }

    impl Sub for Instant {
        type Output = Duration;

        fn sub(self, earlier: Self) -> Duration {
            Duration::from_nanos(500) * u32::try_from(self.0 - earlier.0).unwrap()
        }
    }

    pub(crate) fn spin() {
        shuttle::thread::yield_now();
    }
}

#[allow(dead_code, unreachable_pub, reason = "dagger uses all of it")]
#[path = "../../../dagger-core/src/exec/in_flight.rs"]
mod in_flight;

#[path = "../../../dagger-runtime/src/local/crew.rs"]
mod crew;

#[allow(dead_code, reason = "dagger uses all of it")]
#[path = "../../../dagger-runtime/src/local/queue.rs"]
mod queue;
