//! The compute pool: one thread a core, and futures that are polled there.
//!
//! The threads, their queues and the stealing between them are rayon's, so that a task that uses
//! rayon itself shares them. A future is a job each time it is woken (`async-task`).

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use rayon_core::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

thread_local! {
    static ON_POOL: Cell<bool> = const { Cell::new(false) };
}

/// Threads for computation. A clone shares them.
#[derive(Clone)]
pub(crate) struct Pool(Arc<ThreadPool>);

impl Pool {
    /// A pool of its own, of `threads` threads; 0 stands for one a core.
    pub(crate) fn new(threads: usize) -> Result<Self, ThreadPoolBuildError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("dagger-compute-{index}"))
            .start_handler(|_| ON_POOL.set(true))
            .build()?;
        Ok(Self(Arc::new(pool)))
    }

    /// The pool of the process, made when it is first needed.
    pub(crate) fn shared() -> Result<Self, String> {
        static SHARED: OnceLock<Result<Pool, String>> = OnceLock::new();
        SHARED.get_or_init(|| Self::new(0).map_err(|error| error.to_string())).clone()
    }

    /// Whether this thread is one of a compute pool.
    pub(crate) fn is_current() -> bool {
        ON_POOL.get()
    }

    pub(crate) fn threads(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Polls `future` on the pool, now and whenever it is woken. Dropping the returned future
    /// cancels it; a poll that is under way ends first.
    ///
    /// `future` must not panic: what runs user code catches it there.
    pub(crate) fn spawn<F>(&self, future: F) -> async_task::Task<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let pool = Arc::downgrade(&self.0);
        let schedule = move |job: async_task::Runnable| {
            // A pool that is gone has no run left that could wait for the job.
            if let Some(pool) = pool.upgrade() {
                pool.spawn(move || {
                    job.run();
                });
            }
        };
        let (job, task) = async_task::spawn(future, schedule);
        job.schedule();
        task
    }

    /// Does one job of the current thread's pool, if there is one. Whether there was.
    pub(crate) fn help() -> bool {
        matches!(rayon_core::yield_now(), Some(rayon_core::Yield::Executed))
    }
}
