//! The map stage: one task over every partition, on a few workers.
//!
//! A map is a few *workers*, one a core, each a future that the runtime polls where the task
//! belongs. A worker pulls a chunk of partitions, starts them one after another and polls each once
//! in place; only what suspends is kept in flight. Nothing is boxed, erased or spawned for a
//! partition that finishes when it is first polled, which a computing task always does.
//!
//! 1. *Pulling.* A chunk is 1 partition at first and grows while chunks are quick, so that trivial
//!    partitions are handed out by the thousand and slow ones one by one.
//! 2. *Room.* Before a partition starts, its worker holds a slot of the run; a partition that
//!    suspends keeps the slot, and the worker waits for another one while it polls what is in
//!    flight. Partitions of a nested dag hold no slot, as their tasks do.
//! 3. *Ending.* The source is exhausted and nothing is in flight; or a partition failed, which
//!    stops all workers: what they have in flight is dropped. Of several failures, that of the
//!    first partition counts.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Poll, Waker};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::context::{Context, Permit};
use super::merge::{Ordered, Results};
use super::plan::{BoxFuture, Place};
use super::value::Boxed;
use crate::callee::{IsNode, Kind, KindOf, Settle, settle};
use crate::error::Failure;

/// A chunk that takes less time than this makes the next one larger. While a worker is at a slow
/// partition, nobody else can have the rest of its chunk, so chunks are short.
const QUICK: Duration = Duration::from_micros(5);
/// How long a worker goes on before it lets others have their turn.
const TURN: Duration = Duration::from_micros(500);
/// The largest chunk, in partitions: what one worker may hold that others could have had.
const LARGEST_CHUNK: usize = 1024;
/// No partition: what a worker is at while it pulls.
const NONE: usize = usize::MAX;

/// What the workers of one map share.
struct Shared<S, O> {
    source: Mutex<Source<S>>,
    /// The first partition that nobody has pulled, where the source is shared by reference.
    next: AtomicUsize,
    workers: usize,
    stopped: AtomicBool,
    results: Mutex<Vec<Results<O>>>,
    ended: Mutex<Option<Ended<O>>>,
}

struct Source<S> {
    items: Option<S>,
    next: usize,
}

/// Why a map ended early.
struct Ended<O> {
    partition: usize,
    /// A failure, or a result that ends the map: an `Err` that `?` waits for.
    by: Result<O, Failure>,
}

impl<S, O> Shared<S, O> {
    fn end(&self, partition: usize, by: Result<O, Failure>) {
        let mut ended = lock(&self.ended);
        let is_first = ended.as_ref().is_none_or(|earlier| {
            let echo = |by: &Result<O, Failure>| by.as_ref().is_err_and(Failure::is_cancelled);
            echo(&earlier.by) || (partition < earlier.partition && !echo(&by))
        });
        if is_first {
            *ended = Some(Ended { partition, by });
        }
        drop(ended);
        self.stopped.store(true, Ordering::Relaxed);
    }
}

/// A lock that a panicking task cannot poison for others: what it guards is whole at every step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A worker's end of a map.
pub struct Feed<S, O> {
    shared: Arc<Shared<S, O>>,
    context: Context,
    /// The partition that the worker is at, for the report of a panic.
    current: Arc<AtomicUsize>,
}

/// Hands out partitions.
trait Pull<T> {
    /// Moves the next partitions into the empty buffer, `size` at most. Gives the first one's
    /// index; the buffer stays empty when there are no more.
    fn pull(&mut self, size: usize, buffer: &mut VecDeque<T>) -> usize;
}

/// Partitions that move out of a collection, or out of an iterator that makes them as it goes.
struct Owned<'a, S>(&'a Mutex<Source<S>>, usize);

impl<S: Iterator> Pull<S::Item> for Owned<'_, S> {
    fn pull(&mut self, size: usize, buffer: &mut VecDeque<S::Item>) -> usize {
        let mut source = lock(self.0);
        let Some(items) = &mut source.items else { return NONE };
        let size = share(size, items.size_hint().1, self.1);
        buffer.extend(items.take(size));
        let pulled = buffer.len();
        if pulled < size {
            // An iterator that ended is not asked again: not all of them are fused.
            source.items = None;
        }
        let start = source.next;
        source.next += pulled;
        start
    }
}

/// Partitions of a collection that is only borrowed: every worker has an iterator of its own over
/// the same collection and skips what others have pulled.
struct Borrowed<'a, I> {
    items: I,
    /// How far `items` is.
    position: usize,
    next: &'a AtomicUsize,
    workers: usize,
}

impl<I: Iterator> Pull<I::Item> for Borrowed<'_, I> {
    fn pull(&mut self, size: usize, buffer: &mut VecDeque<I::Item>) -> usize {
        let size = share(size, self.items.size_hint().1, self.workers);
        let start = self.next.fetch_add(size, Ordering::Relaxed);
        if let Some(last_skipped) = (start - self.position).checked_sub(1)
            && self.items.nth(last_skipped).is_none()
        {
            return NONE;
        }
        buffer.extend(self.items.by_ref().take(size));
        self.position = start + buffer.len();
        start
    }
}

/// A fair share of what is left, where that is known: the last chunks are small.
fn share(size: usize, left: Option<usize>, workers: usize) -> usize {
    left.map_or(size, |left| size.min(left / (2 * workers))).max(1)
}

impl<S, O> Feed<S, O> {
    /// Ends the map, and with it its run: nothing new starts.
    fn end(&self, partition: usize, by: Result<O, Failure>) {
        self.shared.end(partition, by);
        self.context.run.stop();
    }

    fn is_stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::Relaxed) || self.context.run.is_stopped()
    }
}

/// What the results of a call without `.await` become: see [`Feed::each`].
pub trait Finish<S, O>: Fn(S, &Context, usize) -> Result<O, Failure> + Send + Sync {}

impl<S, O, Q> Finish<S, O> for Q where Q: Fn(S, &Context, usize) -> Result<O, Failure> + Send + Sync {}

impl<S, O: Send> Feed<S, O> {
    /// Works on partitions that move, until there are no more.
    ///
    /// `call` is the call for a partition, `finish` makes its result; one that `ends` is the last.
    pub async fn each<N, F, V, R>(
        self,
        _: PhantomData<N>,
        call: F,
        finish: impl Finish<R, O>,
        ends: impl Fn(&O) -> bool + Send,
    ) where
        N: IsNode,
        KindOf<N>: Settle<N, V, Output = R>,
        S: Iterator + Send,
        S::Item: Send,
        F: Fn(S::Item) -> V + Send,
        V: Send,
    {
        let (context, finish) = (&self.context, &finish);
        let call = move |partition, item| {
            let value = call(item);
            async move { finish(settle::<N, _>(value, context, partition).await?, context, partition) }
        };
        let pull = Owned(&self.shared.source, self.shared.workers);
        self.work::<N, _, _, _>(pull, call, ends).await;
    }

    /// Works on partitions that are borrowed from the collection behind `items`, which yields the
    /// same partitions in the same order in every worker.
    pub async fn each_of<N, I, F, V, R>(
        self,
        _: PhantomData<N>,
        items: I,
        call: F,
        finish: impl Finish<R, O>,
        ends: impl Fn(&O) -> bool + Send,
    ) where
        N: IsNode,
        KindOf<N>: Settle<N, V, Output = R>,
        S: Send,
        I: Iterator + Send,
        I::Item: Send,
        F: Fn(I::Item) -> V + Send,
        V: Send,
    {
        let (context, finish) = (&self.context, &finish);
        let call = move |partition, item| {
            let value = call(item);
            async move { finish(settle::<N, _>(value, context, partition).await?, context, partition) }
        };
        self.work::<N, _, _, _>(self.borrowed(items), call, ends).await;
    }

    /// As [`each`](Self::each), for a call with `.await`: `call` makes the future of the result.
    pub async fn each_async<N: IsNode, F, Fut>(
        self,
        _: PhantomData<N>,
        call: F,
        ends: impl Fn(&O) -> bool + Send,
    ) where
        S: Iterator + Send,
        S::Item: Send,
        F: Fn(usize, S::Item) -> Fut + Send,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        let pull = Owned(&self.shared.source, self.shared.workers);
        self.work::<N, _, _, _>(pull, call, ends).await;
    }

    /// As [`each_of`](Self::each_of), for a call with `.await`.
    pub async fn each_of_async<N: IsNode, I, F, Fut>(
        self,
        _: PhantomData<N>,
        items: I,
        call: F,
        ends: impl Fn(&O) -> bool + Send,
    ) where
        S: Send,
        I: Iterator + Send,
        I::Item: Send,
        F: Fn(usize, I::Item) -> Fut + Send,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        self.work::<N, _, _, _>(self.borrowed(items), call, ends).await;
    }

    fn borrowed<I>(&self, items: I) -> Borrowed<'_, I> {
        let (next, workers) = (&self.shared.next, self.shared.workers);
        Borrowed { items, position: 0, next, workers }
    }

    async fn work<N: IsNode, T: Send, F, Fut>(
        &self,
        mut pull: impl Pull<T> + Send,
        call: F,
        ends: impl Fn(&O) -> bool + Send,
    ) where
        S: Send,
        F: Fn(usize, T) -> Fut + Send,
        Fut: Future<Output = Result<O, Failure>> + Send,
    {
        let mut worker = Worker {
            feed: self,
            in_flight: FuturesUnordered::new(),
            spare: None,
            results: Results::default(),
            ends,
        };
        let mut buffer = VecDeque::new();
        let (mut next, mut size, mut exhausted) = (0, 1, false);
        let mut turn = Instant::now();
        while !self.is_stopped() {
            if exhausted && buffer.is_empty() {
                worker.drain().await;
                break;
            }
            let Some(mut room) = worker.room::<N>().await else { break };
            if buffer.is_empty() {
                self.current.store(NONE, Ordering::Relaxed);
                next = pull.pull(worker.most::<N>(size), &mut buffer);
                exhausted = buffer.is_empty();
            }
            let start = Instant::now();
            while let Some(item) = buffer.pop_front() {
                let done = worker.start::<N, _, _>(&call, next, item, &mut room);
                next += 1;
                if self.is_stopped() || (!done && !worker.has_room::<N>(&mut room)) {
                    break;
                }
            }
            let now = Instant::now();
            if now - start < QUICK {
                size = (size * 2).min(LARGEST_CHUNK);
            } else if now - start > 2 * QUICK {
                size = (size / 4).max(1);
            }
            drop(room);
            if now - turn > TURN {
                yield_now().await;
                turn = Instant::now();
            }
        }
        if self.is_stopped() {
            worker.end::<N>().await;
        }
        lock(&self.shared.results).push(worker.results);
    }
}

/// Room to start a partition: a slot of the run, for a task.
struct Room(Option<Permit>);

/// A partition in flight.
struct Late<Fut> {
    partition: usize,
    future: Pin<Box<Option<Fut>>>,
    current: Arc<AtomicUsize>,
    _room: Room,
}

impl<O, Fut: Future<Output = Result<O, Failure>>> Future for Late<Fut> {
    type Output = (usize, Result<O, Failure>);

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let late = self.get_mut();
        late.current.store(late.partition, Ordering::Relaxed);
        match late.future.as_mut().as_pin_mut() {
            Some(future) => future.poll(task).map(|result| (late.partition, result)),
            None => unreachable!("a partition in flight has a future"),
        }
    }
}

struct Worker<'a, S, O, Fut, E> {
    feed: &'a Feed<S, O>,
    in_flight: FuturesUnordered<Late<Fut>>,
    /// A box that is free for the next partition: most never suspend and need no other.
    spare: Option<Pin<Box<Option<Fut>>>>,
    results: Results<O>,
    ends: E,
}

impl<S, O, Fut, E> Worker<'_, S, O, Fut, E>
where
    Fut: Future<Output = Result<O, Failure>> + Send,
    E: Fn(&O) -> bool,
{
    /// Starts a partition and polls it once. Whether it is done, and has left the room.
    #[inline]
    fn start<N: IsNode, T, F>(
        &mut self,
        call: &F,
        partition: usize,
        item: T,
        room: &mut Room,
    ) -> bool
    where
        F: Fn(usize, T) -> Fut,
    {
        self.feed.current.store(partition, Ordering::Relaxed);
        // What suspends is polled again as soon as it is in flight, with the right waker.
        let mut task = task::Context::from_waker(Waker::noop());
        if is_plain_computation::<N>() {
            match pin!(call(partition, item)).poll(&mut task) {
                Poll::Ready(result) => self.record(partition, result, false),
                Poll::Pending => unreachable!("a computing task does not suspend"),
            }
            return true;
        }
        let mut future = self.spare.take().unwrap_or_else(|| Box::pin(None));
        future.set(Some(call(partition, item)));
        let polled = future.as_mut().as_pin_mut().map(|future| future.poll(&mut task));
        if let Some(Poll::Ready(result)) = polled {
            future.set(None);
            self.spare = Some(future);
            self.record(partition, result, false);
            return true;
        }
        let current = Arc::clone(&self.feed.current);
        let room = Room(room.0.take());
        self.in_flight.push(Late { partition, future, current, _room: room });
        false
    }

    #[inline]
    fn record(&mut self, partition: usize, result: Result<O, Failure>, late: bool) {
        match result {
            Ok(value) if (self.ends)(&value) => self.feed.end(partition, Ok(value)),
            Ok(value) if late => self.results.push_late(partition, value),
            Ok(value) => self.results.push(partition, value),
            Err(failure) => self.feed.end(partition, Err(failure)),
        }
    }

    /// The largest chunk that makes sense: what suspends needs room, and is not pulled ahead of it.
    fn most<N: IsNode>(&self, size: usize) -> usize {
        if is_plain_computation::<N>() {
            return size;
        }
        let room = self.feed.context.max_concurrency() - self.in_flight.len();
        size.min(room / self.feed.shared.workers).max(1)
    }

    /// Whether the next partition can start without waiting.
    fn has_room<N: IsNode>(&self, room: &mut Room) -> bool {
        if self.in_flight.len() >= self.feed.context.max_concurrency() {
            return false;
        }
        if is_dag::<N>() {
            return true;
        }
        room.0 = self.feed.context.try_permit(N::limit());
        room.0.is_some()
    }

    /// Waits for room, and meanwhile for what is in flight. `None` when the map has ended.
    async fn room<N: IsNode>(&mut self) -> Option<Room> {
        let feed = self.feed;
        let mut waiting = pin!(None);
        let mut stopped = pin!(feed.context.run.stopped());
        poll_fn(|task| {
            self.poll_in_flight(task);
            if feed.is_stopped() {
                return Poll::Ready(None);
            }
            let mut room = Room(None);
            if self.has_room::<N>(&mut room) {
                return Poll::Ready(Some(room));
            }
            if stopped.as_mut().poll(task).is_ready() {
                return Poll::Ready(None);
            }
            if is_dag::<N>() || self.in_flight.len() >= feed.context.max_concurrency() {
                return Poll::Pending;
            }
            if waiting.is_none() {
                waiting.set(Some(feed.context.permit(N::limit())));
            }
            match waiting.as_mut().as_pin_mut() {
                Some(permit) => permit.poll(task).map(|permit| Some(Room(Some(permit)))),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Waits for all that is in flight.
    async fn drain(&mut self) {
        let mut stopped = pin!(self.feed.context.run.stopped());
        poll_fn(|task| {
            self.poll_in_flight(task);
            if self.in_flight.is_empty() || self.feed.is_stopped() {
                return Poll::Ready(());
            }
            stopped.as_mut().poll(task)
        })
        .await;
    }

    /// Ends what is in flight after the map was stopped: async tasks are dropped, nested dags end
    /// themselves, since computing tasks of theirs may have failed in an earlier partition.
    async fn end<N: IsNode>(&mut self) {
        let in_flight = std::mem::take(&mut self.in_flight);
        if is_dag::<N>() {
            for mut late in in_flight {
                let (partition, result) = poll_fn(|task| Pin::new(&mut late).poll(task)).await;
                self.record(partition, result, true);
            }
        }
    }

    fn poll_in_flight(&mut self, task: &mut task::Context<'_>) {
        while let Poll::Ready(Some((partition, result))) = self.in_flight.poll_next_unpin(task) {
            self.record(partition, result, true);
        }
    }
}

const fn is_dag<N: IsNode>() -> bool {
    <KindOf<N> as Kind<N>>::IS_DAG
}

fn is_plain_computation<N: IsNode>() -> bool {
    !is_dag::<N>() && place::<N>() == Place::Compute
}

/// Where the work of a callee belongs.
pub(crate) fn place<N: IsNode>() -> Place {
    <KindOf<N> as Kind<N>>::PLACE
}

/// Lets the executor do something else once.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|task| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A map over `items`, or over what the workers iterate themselves where it is `None`, as a future
/// of its step's value.
pub(crate) fn map_future<N, S, V, W, Fut, O, T>(
    context: Context,
    items: Option<S>,
    shared: V,
    work: W,
    collect: fn(Ordered<O>, &Context, usize) -> Result<T, Failure>,
) -> BoxFuture<Result<Boxed, Failure>>
where
    N: IsNode,
    S: Iterator + Send + 'static,
    V: Clone + Send + Sync + 'static,
    W: Fn(Feed<S, O>, Context, V) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
    O: Send + 'static,
    T: Send + 'static,
{
    Box::pin(async move {
        let results = {
            let worker = {
                let context = context.clone();
                move |feed| -> BoxFuture<()> {
                    Box::pin(work(feed, context.clone(), shared.clone()))
                }
            };
            run_map::<N, _, _, _>(context.clone(), items, worker).await
        };
        let (partition, results) = results;
        let collected =
            results.and_then(|results| collect(results, &context, partition.unwrap_or_default()));
        match collected {
            Ok(value) => Ok(Box::new(value) as Boxed),
            Err(mut failure) => {
                failure.partition = partition;
                Err(failure)
            }
        }
    })
}

/// Runs a map over `items`, or over what the workers iterate themselves where it is `None`.
///
/// `work` makes a worker's future. The results come in the order of the partitions; where the map
/// ended early, the failure comes with its partition.
pub(crate) async fn run_map<N, S, O, W>(
    context: Context,
    items: Option<S>,
    work: W,
) -> (Option<usize>, Result<Ordered<O>, Failure>)
where
    N: IsNode,
    S: Iterator + Send + 'static,
    O: Send + 'static,
    W: Fn(Feed<S, O>) -> BoxFuture<()> + Send + Sync,
{
    let place = place::<N>();
    let most = items.as_ref().and_then(|items| items.size_hint().1).unwrap_or(NONE);
    let workers = context.run.host.parallelism(place).min(most).max(1);
    let shared = Arc::new(Shared {
        source: Mutex::new(Source { items, next: 0 }),
        next: AtomicUsize::new(0),
        workers,
        stopped: AtomicBool::new(false),
        results: Mutex::default(),
        ended: Mutex::default(),
    });
    let worker = || {
        let current = Arc::new(AtomicUsize::new(NONE));
        let feed = Feed {
            shared: Arc::clone(&shared),
            context: context.clone(),
            current: Arc::clone(&current),
        };
        let work = AssertUnwindSafe(work(feed)).catch_unwind();
        let shared = Arc::clone(&shared);
        async move {
            if let Err(panic) = work.await {
                shared.end(current.load(Ordering::Relaxed), Err(Failure::panicked(&*panic)));
            }
        }
    };
    let spawn = |_| context.run.host.spawn(place, Box::pin(worker()));
    let helpers = (1..workers).map(spawn).collect::<Vec<_>>();
    worker().await;
    for helper in helpers {
        helper.await;
    }

    let ended = lock(&shared.ended).take();
    let results = std::mem::take(&mut *lock(&shared.results));
    match ended {
        Some(Ended { partition, by: Err(failure) }) => {
            ((partition != NONE).then_some(partition), Err(failure))
        }
        Some(Ended { partition, by: Ok(last) }) => {
            let mut only = Results::default();
            only.push(partition, last);
            (Some(partition), Ok(Ordered::new(vec![only])))
        }
        // A worker that brings no results was dropped by its executor, with partitions in hand.
        None if context.run.is_stopped() || results.len() < workers => {
            (None, Err(Failure::cancelled()))
        }
        None => (None, Ok(Ordered::new(results))),
    }
}
