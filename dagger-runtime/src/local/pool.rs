//! The compute pool: one thread a core, and futures that are polled there.
//!
//! The queue is `async-executor`'s: what is woken goes to its end, so that a long map, which lets
//! others have their turn between its chunks, starves nobody.
//!
//! A task may run a dag itself, and block until that is done. Its thread then works on the jobs of
//! the inner run only, with the pool's other threads as far as they are free: it can neither stand
//! still, nor pile up unrelated work on its stack.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::{io, thread};

use async_executor::{Executor, Task};
use dagger_core::exec::plan::BoxFuture;
use futures_lite::future::block_on;
use tokio::sync::watch;

thread_local! {
    /// The pool that this thread works for.
    static CURRENT: RefCell<Option<Pool>> = const { RefCell::new(None) };
    /// Whether this thread polls jobs of a pool.
    static ON_POOL: Cell<bool> = const { Cell::new(false) };
}

/// Threads for computation, and the queue they work on. A clone shares them.
#[derive(Clone)]
pub(crate) struct Pool {
    executor: Arc<Executor<'static>>,
    /// That of the pool with the threads: another one, where this is of a run inside of a task.
    root: Arc<Executor<'static>>,
    threads: usize,
    /// Ends the threads when the last clone outside of them is gone.
    _alive: Option<Arc<watch::Sender<()>>>,
}

impl Pool {
    /// A pool of its own, of `threads` threads.
    pub(crate) fn new(threads: usize) -> io::Result<Self> {
        let executor = Arc::new(Executor::new());
        let (alive, _) = watch::channel(());
        for index in 0..threads {
            let mut ended = alive.subscribe();
            let executor = Arc::clone(&executor);
            let root = Arc::clone(&executor);
            let pool = Self { executor: Arc::clone(&executor), root, threads, _alive: None };
            let work = move || {
                ON_POOL.set(true);
                CURRENT.set(Some(pool));
                // Ready, with an error, when the sender is gone.
                let ended = async move { while ended.changed().await.is_ok() {} };
                block_on(executor.run(ended));
            };
            thread::Builder::new().name(format!("dagger-compute-{index}")).spawn(work)?;
        }
        let root = Arc::clone(&executor);
        Ok(Self { executor, root, threads, _alive: Some(Arc::new(alive)) })
    }

    /// The pool of the process, one thread a core, made when it is first needed.
    pub(crate) fn shared() -> Result<Self, String> {
        static SHARED: OnceLock<Result<Pool, String>> = OnceLock::new();
        let new = || {
            let threads = thread::available_parallelism().map_or(1, usize::from);
            Self::new(threads).map_err(|error| error.to_string())
        };
        SHARED.get_or_init(new).clone()
    }

    /// Whether this thread polls jobs of a pool.
    pub(crate) fn is_current() -> bool {
        ON_POOL.get()
    }

    /// Whether it is of a run inside of a task, which a thread waits for.
    pub(crate) fn is_inner(&self) -> bool {
        !Arc::ptr_eq(&self.executor, &self.root)
    }

    /// This pool, for a run that begins on this thread. Where that is part of a run inside of a task,
    /// it is the pool of that run: all threads of this one may be waiting for it.
    pub(crate) fn here(self) -> Self {
        let is_inside = |at: &Self| at.is_inner() && Arc::ptr_eq(&at.root, &self.root);
        CURRENT.with_borrow(|at| at.clone().filter(is_inside)).unwrap_or(self)
    }

    /// A future that is polled on other threads as a part of a run on this pool.
    pub(crate) fn surround(self, mut future: BoxFuture<()>) -> BoxFuture<()> {
        Box::pin(poll_fn(move |task| {
            let _left = Left(CURRENT.replace(Some(self.clone())));
            future.as_mut().poll(task)
        }))
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Polls `future` on the pool, now and whenever it is woken.
    ///
    /// `future` must not panic: what runs user code catches it there.
    pub(crate) fn spawn<F>(&self, future: F) -> Job<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let future: BoxFuture<_> = Box::pin(future);
        let work = Arc::new(Work(Mutex::new(Some(Begun { future, has_begun: false }))));
        let polled = Arc::clone(&work);
        let task = self.executor.spawn(poll_fn(move |task| match polled.lock().as_mut() {
            Some(begun) => {
                begun.has_begun = true;
                begun.future.as_mut().poll(task)
            }
            None => Poll::Pending,
        }));
        Job { task, work }
    }

    /// Runs `future` on this thread of a pool, and the jobs it gives to the pool it gets.
    pub(crate) fn run_inside<F: Future>(make: impl FnOnce(Self) -> F) -> F::Output {
        let outer = CURRENT.with_borrow(Clone::clone);
        let threads = outer.as_ref().map_or(1, Self::threads);
        let executor = Arc::new(Executor::new());
        let root = outer.as_ref().map_or(&executor, |outer| &outer.root);
        let root = Arc::clone(root);
        let inner = Self { executor: Arc::clone(&executor), root, threads, _alive: None };
        let helper = |pool: &Self| {
            let executor = Arc::clone(&executor);
            // Dropped, and so ended, with the inner run.
            pool.executor.spawn(async move { executor.run(std::future::pending::<()>()).await })
        };
        let helpers: Vec<_> =
            outer.iter().flat_map(|pool| (1..threads).map(|_| helper(pool))).collect();
        let before = CURRENT.replace(Some(inner.clone()));
        let output = block_on(executor.run(make(inner)));
        CURRENT.set(before);
        drop(helpers);
        output
    }
}

/// The pool that a thread works for again when this is dropped.
struct Left(Option<Pool>);

impl Drop for Left {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// A future on the pool. Dropping it cancels: at once, or after the poll that is under way. A job
/// that waits for a thread does not have to get one for that.
pub(crate) struct Job<T> {
    task: Task<T>,
    work: Arc<Work<T>>,
}

/// The future of a job; gone when the job was cancelled.
struct Work<T>(Mutex<Option<Begun<T>>>);

struct Begun<T> {
    future: BoxFuture<T>,
    /// Whether it was polled.
    has_begun: bool,
}

impl<T> Work<T> {
    fn lock(&self) -> MutexGuard<'_, Option<Begun<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the future, unless a thread is polling it, or it is one of those that `keep` says.
    fn take(&self, keep: impl FnOnce(&Begun<T>) -> bool) -> Option<BoxFuture<T>> {
        let begun = self.0.try_lock().ok()?.take_if(|begun| !keep(begun))?;
        Some(begun.future)
    }
}

impl<T> Job<T> {
    /// Cancels a job that no thread of the pool has begun with. Whether it was one.
    pub(crate) fn skip(&self) -> bool {
        self.work.take(|begun| begun.has_begun).is_some()
    }
}

impl<T> Future for Job<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.task).poll(task)
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        // A thread that is polling it holds the lock, and drops the future when it is done.
        drop(self.work.take(|_| false));
    }
}
