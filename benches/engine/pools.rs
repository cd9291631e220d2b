//! What the versions by hand run on, and how they share a map out.

use std::future::Future;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::runtime::{Builder, Runtime};

/// One thread a core for what computes, and as many of a tokio runtime.
pub(crate) struct Pools {
    pub(crate) workers: Workers,
    pub(crate) tokio: Runtime,
}

impl Pools {
    pub(crate) fn new() -> Self {
        let tokio = Builder::new_multi_thread().worker_threads(cores()).enable_all().build();
        Self { workers: Workers::new(), tokio: tokio.expect("a tokio runtime") }
    }

    /// Runs a future as a task of tokio's.
    pub(crate) fn in_task<F>(&self, future: F) -> F::Output
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.tokio.block_on(self.tokio.spawn(future)).expect("the task does not panic")
    }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

type Job = Box<dyn FnOnce() + Send>;

/// Threads that live as long as the process, each with a channel of what to do.
pub(crate) struct Workers(Vec<Sender<Job>>);

impl Workers {
    fn new() -> Self {
        let worker = |_| {
            let (sender, jobs) = channel::<Job>();
            thread::spawn(move || jobs.into_iter().for_each(|job| job()));
            sender
        };
        Self((0..cores()).map(worker).collect())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Has all workers do the same. Gives what each of them returns.
    pub(crate) fn all<T: Send + 'static>(
        &self,
        work: impl Fn() -> T + Clone + Send + 'static,
    ) -> Vec<T> {
        let (sender, results) = channel();
        for worker in &self.0 {
            let (work, sender) = (work.clone(), sender.clone());
            let job = move || sender.send(work()).expect("somebody waits for the results");
            worker.send(Box::new(job)).expect("a worker waits for jobs");
        }
        drop(sender);
        results.into_iter().collect()
    }

    /// A map: the results of all items, in order.
    pub(crate) fn map<T, R>(
        &self,
        items: Vec<T>,
        chunk: usize,
        task: impl Fn(T) -> R + Clone + Send + 'static,
    ) -> Vec<R>
    where
        T: Copy + Send + Sync + 'static,
        R: Send + 'static,
    {
        let chunks = Chunks::new(items.len(), chunk);
        let items = Arc::new(items);
        let work = move || {
            let results = |chunk: Range<usize>| {
                (chunk.start, items[chunk].iter().map(|item| task(*item)).collect())
            };
            chunks.clone().map(results).collect()
        };
        in_order(self.all(work))
    }
}

/// Hands out indices, a chunk at a time. A clone shares them.
#[derive(Clone)]
struct Chunks {
    next: Arc<AtomicUsize>,
    end: usize,
    size: usize,
}

impl Chunks {
    fn new(end: usize, size: usize) -> Self {
        Self { next: Arc::default(), end, size }
    }
}

impl Iterator for Chunks {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.next.fetch_add(self.size, Ordering::Relaxed);
        (start < self.end).then(|| start..self.end.min(start + self.size))
    }
}

/// The results of chunks, which know where they start.
type Results<R> = Vec<(usize, Vec<R>)>;

/// Joins what the workers have.
fn in_order<R>(parts: Vec<Results<R>>) -> Vec<R> {
    let mut chunks: Vec<_> = parts.into_iter().flatten().collect();
    chunks.sort_unstable_by_key(|(start, _)| *start);
    let length = chunks.iter().map(|(_, results)| results.len()).sum();
    let mut joined = Vec::with_capacity(length);
    chunks.into_iter().for_each(|(_, mut results)| joined.append(&mut results));
    joined
}

/// An async map, one task of tokio's a core; `work` gives the results of a chunk of the items.
pub(crate) async fn map_chunks<W, F>(items: Vec<u64>, size: usize, work: W) -> Vec<u64>
where
    W: Fn(Arc<Vec<u64>>, Range<usize>) -> F + Copy + Send + 'static,
    F: Future<Output = Vec<u64>> + Send,
{
    let chunks = Chunks::new(items.len(), size);
    let items = Arc::new(items);
    let worker = || {
        let (chunks, items) = (chunks.clone(), Arc::clone(&items));
        async move {
            let mut results = Vec::new();
            for chunk in chunks {
                results.push((chunk.start, work(Arc::clone(&items), chunk).await));
            }
            results
        }
    };
    in_order(on_all_cores(worker).await)
}

/// An async map, one task of tokio's a core, each of which keeps so many items in flight.
pub(crate) async fn map_windows<T, F>(
    items: impl Iterator<Item = T> + Send + 'static,
    size: usize,
    task: fn(T) -> F,
) -> Vec<u64>
where
    T: Send + 'static,
    F: Future<Output = u64> + Send + 'static,
{
    let items = Arc::new(Mutex::new(items.enumerate()));
    let worker = || {
        let items = Arc::clone(&items);
        async move {
            let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
            let run = |(index, item)| async move { (index, task(item).await) };
            let mut in_flight: FuturesUnordered<_> =
                std::iter::from_fn(next).take(size).map(run).collect();
            let mut results = Vec::new();
            while let Some(result) = in_flight.next().await {
                results.push(result);
                in_flight.extend(next().map(run));
            }
            results
        }
    };
    let results = on_all_cores(worker).await.concat();
    let mut in_order = vec![0; results.len()];
    results.into_iter().for_each(|(index, result)| in_order[index] = result);
    in_order
}

/// Spawns a worker a core.
async fn on_all_cores<F>(worker: impl Fn() -> F) -> Vec<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    let workers: Vec<_> = (0..cores()).map(|_| tokio::spawn(worker())).collect();
    let mut results = Vec::new();
    for worker in workers {
        results.push(worker.await.expect("the worker does not panic"));
    }
    results
}
