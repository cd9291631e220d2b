//! The compute pool: one thread a core, and futures that are polled there.
//!
//! What is woken goes to the end of the queue, so that a long map, which lets others have their turn
//! between its chunks, starves nobody.
//!
//! A task may run a dag itself, and block until that is done. Its thread then works on the jobs of
//! the inner run only, with the pool's other threads as far as they are free: it can neither stand
//! still, nor pile up unrelated work on its stack. What an async task of the inner run starts is a part
//! of that run, on whatever thread it is polled; where it goes on for longer, the other threads have it.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::{io, thread};

use async_task::{Runnable, Task};
use dagger_core::exec::plan::BoxFuture;
use futures_lite::future::{block_on, yield_now};

use super::queue::{Queue, Worker};
use crate::sync::{Arc, Mutex, lock};

thread_local! {
    /// The pool that this thread works for.
    static CURRENT: RefCell<Option<Pool>> = const { RefCell::new(None) };
    /// Whether this thread polls jobs of a pool.
    static ON_POOL: Cell<bool> = const { Cell::new(false) };
}

/// Threads for computation, and the queue they work on. A clone shares them.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Shared>);

struct Shared {
    queue: Arc<Queue<Runnable>>,
    /// That of the pool with the threads: another one, where this is of a run inside of a task.
    root: Arc<Queue<Runnable>>,
    threads: usize,
    /// What ends the workers with the last clone outside of the threads.
    _close: Option<CloseOnDrop>,
}

/// Ends the workers of a queue.
struct CloseOnDrop {
    queue: Arc<Queue<Runnable>>,
    /// That of runs which go on, where this is of a run inside of a task.
    heir: Option<Arc<Queue<Runnable>>>,
}

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.queue.close(self.heir.take());
    }
}

impl Pool {
    /// A pool of its own, of `threads` threads.
    pub(crate) fn new(threads: usize) -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let of = |queue: &Arc<_>, close| {
            let (queue, root) = (Arc::clone(queue), Arc::clone(queue));
            Self(Arc::new(Shared { queue, root, threads, _close: close }))
        };
        let close = CloseOnDrop { queue: Arc::clone(&queue), heir: None };
        let pool = of(&queue, Some(close));
        for index in 0..threads {
            let (queue, pool) = (Arc::clone(&queue), of(&queue, None));
            let work = move || {
                ON_POOL.set(true);
                CURRENT.set(Some(pool));
                let next = |task: &mut Context<'_>| queue.poll_next(Worker::Other(index), task);
                while let Some(job) = block_on(poll_fn(next)) {
                    job.run();
                }
            };
            thread::Builder::new().name(format!("dagger-compute-{index}")).spawn(work)?;
        }
        Ok(pool)
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
    fn is_inner(&self) -> bool {
        !Arc::ptr_eq(&self.0.queue, &self.0.root)
    }

    /// This pool, for a run that begins on this thread. Where that is part of a run inside of a task,
    /// it is the pool of that run: all threads of this one may be waiting for it.
    pub(crate) fn here(self) -> Self {
        let is_inside = |at: &Self| at.is_inner() && Arc::ptr_eq(&at.0.root, &self.0.root);
        CURRENT.with_borrow(|at| at.clone().filter(is_inside)).unwrap_or(self)
    }

    /// A future that is polled elsewhere as a part of a run on this pool: see [`here`](Self::here).
    pub(crate) fn surround<T: 'static>(&self, mut future: BoxFuture<T>) -> BoxFuture<T> {
        if !self.is_inner() {
            return future;
        }
        let pool = self.clone();
        Box::pin(poll_fn(move |task| {
            let _left = Left(CURRENT.replace(Some(pool.clone())));
            future.as_mut().poll(task)
        }))
    }

    /// A future that is polled elsewhere as a part of what this thread does.
    pub(crate) fn from_here<T: 'static>(future: BoxFuture<T>) -> BoxFuture<T> {
        match CURRENT.with_borrow(Clone::clone) {
            Some(here) => here.surround(future),
            None => future,
        }
    }

    pub(crate) fn threads(&self) -> usize {
        self.0.threads
    }

    /// Whether a job waits for a thread.
    pub(crate) fn is_busy(&self) -> bool {
        !self.0.queue.is_empty()
    }

    /// Polls `future` on the pool, now and whenever it is woken.
    ///
    /// `future` must not panic: what runs user code catches it there.
    pub(crate) fn spawn<F>(&self, future: F) -> Job<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let future: BoxFuture<_> = Box::pin(future);
        let work = Arc::new(Work(Mutex::new(Some(future))));
        let polled = Arc::clone(&work);
        let future = poll_fn(move |task| match lock(&polled.0).as_mut() {
            Some(future) => future.as_mut().poll(task),
            None => Poll::Pending,
        });
        let queue = Arc::clone(&self.0.queue);
        let (runnable, task) = async_task::spawn(future, move |runnable| queue.push(runnable));
        runnable.schedule();
        Job { task, work }
    }

    /// Runs `future` on this thread of a pool, and the jobs it gives to the pool it gets.
    pub(crate) fn run_inside<F: Future>(make: impl FnOnce(Self) -> F) -> F::Output {
        let outer = CURRENT.with_borrow(Clone::clone);
        let threads = outer.as_ref().map_or(1, Self::threads);
        let queue = Arc::new(Queue::default());
        // What was started inside, and is still there then, goes on outside.
        let heir = outer.as_ref().map(|outer| Arc::clone(&outer.0.root));
        let root = Arc::clone(heir.as_ref().unwrap_or(&queue));
        let _close = CloseOnDrop { queue: Arc::clone(&queue), heir };
        let shared = Shared { queue: Arc::clone(&queue), root, threads, _close: None };
        let inner = Self(Arc::new(shared));
        let helper = |pool: &Self, number| {
            let queue = Arc::clone(&queue);
            pool.spawn(async move {
                let next = |task: &mut Context<'_>| queue.poll_next(Worker::Other(number), task);
                while let Some(job) = poll_fn(next).await {
                    job.run();
                    // The outer pool's own jobs have their turn.
                    yield_now().await;
                }
            })
        };
        // Dropped, and so ended, with the inner run.
        let _helpers: Vec<_> =
            outer.iter().flat_map(|pool| (1..threads).map(|number| helper(pool, number))).collect();
        let _left = Left(CURRENT.replace(Some(inner.clone())));
        let mut run = pin!(make(inner));
        block_on(poll_fn(|task| {
            loop {
                if let Poll::Ready(output) = run.as_mut().poll(task) {
                    return Poll::Ready(output);
                }
                match queue.poll_next(Worker::Owner, task) {
                    Poll::Ready(Some(job)) => job.run(),
                    Poll::Ready(None) | Poll::Pending => return Poll::Pending,
                };
            }
        }))
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
struct Work<T>(Mutex<Option<BoxFuture<T>>>);

impl<T> Job<T> {
    pub(crate) fn is_finished(&self) -> bool {
        self.task.is_finished()
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
        let future = self.work.0.try_lock().ok().and_then(|mut work| work.take());
        drop(future);
    }
}
