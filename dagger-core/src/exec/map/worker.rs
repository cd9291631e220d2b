//! A worker: pulls partitions, starts them, and waits for those that suspend.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{self, Poll, Waker};
use std::time::{Duration, Instant};

use super::feed::Feed;
use super::in_flight::InFlight;
use super::merge::Results;
use super::pull::Pull;
use super::{NONE, is_dag, place};
use crate::callee::IsNode;
use crate::error::Failure;
use crate::event::EventKind;
use crate::exec::context::{CallOf, Permit};
use crate::exec::plan::Place;
use crate::progress::Count;
use crate::sync::lock;

/// A chunk that takes less time than this makes the next one larger. While a worker is at a slow
/// partition, nobody else can have the rest of its chunk, so chunks are short.
const QUICK: Duration = Duration::from_micros(5);
/// How long a worker goes on before it lets others have their turn.
const TURN: Duration = Duration::from_micros(500);
/// The largest chunk, in partitions: what one worker may hold that others could have had.
const LARGEST_CHUNK: usize = 1024;

/// Room to start a partition: a slot of the run, for a task.
type Room = Option<Permit>;

/// What a partition in flight keeps.
struct Late {
    partition: usize,
    _room: Room,
}

/// Who is told of the partitions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nobody; or their attempts tell of themselves.
    Nobody,
    /// The counters, once a chunk.
    Counters,
    /// The observers, of each.
    Observers,
}

pub(super) struct Worker<'a, S, O, Fut, E> {
    in_flight: InFlight<Caught<Fut>, Late>,
    record: Record<'a, S, O, E>,
}

/// What becomes of the partitions.
struct Record<'a, S, O, E> {
    feed: &'a Feed<S, O>,
    results: Results<O>,
    /// How many of the results are counted.
    counted: usize,
    told: Told,
    /// Whether a partition that fails is one failure among others.
    all_failures: bool,
    ends: E,
}

impl<S, O, E> Record<'_, S, O, E> {
    /// Counts partitions that have started, and those that have finished since the last time.
    fn count(&mut self, started: usize) {
        if self.told == Told::Counters {
            let finished = self.results.len();
            self.feed.context.count(Count::Started, started);
            self.feed.context.count(Count::Finished, finished - self.counted);
            self.counted = finished;
        }
    }

    #[cold]
    fn tell(&self, partition: usize, kind: EventKind) {
        self.feed.context.tell(CallOf::of(Some(partition)), kind);
    }
}

impl<S, O, E: Fn(&O) -> bool> Record<'_, S, O, E> {
    #[inline]
    fn put(&mut self, partition: usize, result: Result<O, Failure>, late: bool) {
        if self.told == Told::Observers {
            let end = result.as_ref().err().map_or(EventKind::Finished, EventKind::of_failure);
            self.tell(partition, end);
        }
        match result {
            Ok(value) if (self.ends)(&value) && !self.all_failures => {
                self.feed.end(partition, Ok(value));
            }
            Ok(value) if late => self.results.push_late(partition, value),
            Ok(value) => self.results.push(partition, value),
            Err(failure) => {
                if self.told == Told::Counters {
                    self.feed.context.count(Count::Failed, 1);
                }
                self.feed.end(partition, Err(failure));
            }
        }
    }
}

impl<'a, S, O, Fut, E> Worker<'a, S, O, Fut, E>
where
    Fut: Future<Output = Result<O, Failure>> + Send,
    E: Fn(&O) -> bool,
{
    pub(super) fn new<N: IsNode>(feed: &'a Feed<S, O>, ends: E) -> Self {
        let told = match () {
            () if N::OPTIONS.needs_attempts() => Told::Nobody,
            () if feed.context.tells_partitions() => Told::Observers,
            () if feed.context.run.is_watched() => Told::Counters,
            () => Told::Nobody,
        };
        let (results, all_failures) = (Results::default(), feed.context.wants_all_failures());
        let record = Record { feed, results, counted: 0, told, all_failures, ends };
        Self { in_flight: InFlight::new(), record }
    }

    pub(super) async fn work<N, T, F>(mut self, mut pull: impl Pull<T> + Send, call: F)
    where
        N: IsNode,
        T: Send,
        F: Fn(usize, T) -> Fut + Send,
    {
        let feed = self.record.feed;
        let mut buffer = VecDeque::new();
        let (mut next, mut size, mut exhausted) = (0, 1, false);
        let mut turn = Instant::now();
        while !feed.is_stopped() {
            if exhausted && buffer.is_empty() {
                self.drain().await;
                break;
            }
            let Some(mut room) = self.room::<N>().await else { break };
            if buffer.is_empty() {
                feed.is_at(NONE);
                next = pull.pull(self.most::<N>(size), &mut buffer);
                exhausted = buffer.is_empty();
                feed.count_pulled(buffer.len());
            }
            let (begin, first) = (Instant::now(), next);
            while let Some(item) = buffer.pop_front() {
                let done = self.start::<N, _, _>(&call, next, item, &mut room);
                next += 1;
                if feed.is_stopped() || (!done && !self.has_room::<N>(&mut room)) {
                    break;
                }
            }
            let end = Instant::now();
            if end - begin < QUICK {
                size = (size * 2).min(LARGEST_CHUNK);
            } else if end - begin > 2 * QUICK {
                size = (size / 4).max(1);
            }
            drop(room);
            self.record.count(next - first);
            if end - turn > TURN {
                yield_now().await;
                turn = Instant::now();
            }
        }
        if feed.is_stopped() {
            self.end::<N>().await;
        }
        self.record.count(0);
        lock(&feed.shared.results).push(std::mem::take(&mut self.record.results));
    }

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
        let record = &mut self.record;
        record.feed.is_at(partition);
        if record.told == Told::Observers {
            record.tell(partition, EventKind::Started);
        }
        let future = Caught { future: call(partition, item), catches: record.all_failures };
        if is_plain_computation::<N>() {
            match pin!(future).poll(&mut task::Context::from_waker(Waker::noop())) {
                Poll::Ready(result) => record.put(partition, result, false),
                Poll::Pending => unreachable!("a computing task does not suspend"),
            }
            return true;
        }
        match self.in_flight.start(future, || Late { partition, _room: room.take() }) {
            Poll::Ready(result) => {
                record.put(partition, result, false);
                true
            }
            Poll::Pending => false,
        }
    }

    /// The largest chunk that makes sense: what suspends needs room, and is not pulled ahead of it.
    fn most<N: IsNode>(&self, size: usize) -> usize {
        if is_plain_computation::<N>() {
            return size;
        }
        let room = self.record.feed.context.max_concurrency() - self.in_flight.len();
        size.min(room / self.record.feed.shared.workers).max(1)
    }

    /// Whether the next partition can start without waiting.
    fn has_room<N: IsNode>(&self, room: &mut Room) -> bool {
        let context = &self.record.feed.context;
        if self.in_flight.len() >= context.max_concurrency() {
            return false;
        }
        if enters_itself::<N>() {
            return true;
        }
        *room = context.try_permit(N::limit());
        room.is_some()
    }

    /// Waits for room, and meanwhile for what is in flight. `None` when the map has ended.
    async fn room<N: IsNode>(&mut self) -> Option<Room> {
        let feed = self.record.feed;
        let mut waiting = pin!(None);
        let mut stopped = pin!(feed.context.run.stopped());
        poll_fn(|task| {
            self.poll_in_flight(task);
            if feed.is_stopped() {
                return Poll::Ready(None);
            }
            let mut room = None;
            if self.has_room::<N>(&mut room) {
                return Poll::Ready(Some(room));
            }
            if stopped.as_mut().poll(task).is_ready() {
                return Poll::Ready(None);
            }
            if enters_itself::<N>() || self.in_flight.len() >= feed.context.max_concurrency() {
                return Poll::Pending;
            }
            if waiting.is_none() {
                waiting.set(Some(feed.context.permit(N::limit())));
            }
            match waiting.as_mut().as_pin_mut() {
                Some(permit) => permit.poll(task).map(|permit| Some(Some(permit))),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Waits for all that is in flight.
    async fn drain(&mut self) {
        let feed = self.record.feed;
        let mut stopped = pin!(feed.context.run.stopped());
        poll_fn(|task| {
            self.poll_in_flight(task);
            self.record.count(0);
            if self.in_flight.is_empty() || feed.is_stopped() {
                return Poll::Ready(());
            }
            stopped.as_mut().poll(task)
        })
        .await;
    }

    /// Ends what is in flight after the map was stopped: async tasks are dropped, nested dags end
    /// themselves, since computing tasks of theirs may have failed in an earlier partition.
    async fn end<N: IsNode>(&mut self) {
        if is_dag::<N>() {
            poll_fn(|task| {
                self.poll_in_flight(task);
                if self.in_flight.is_empty() { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }

    fn poll_in_flight(&mut self, task: &mut task::Context<'_>) {
        let feed = self.record.feed;
        let record = &mut self.record;
        let before = |late: &Late| feed.is_at(late.partition);
        self.in_flight.poll(task, before, |late, result| record.put(late.partition, result, true));
    }
}

impl<S, O, Fut, E> Drop for Worker<'_, S, O, Fut, E> {
    fn drop(&mut self) {
        match self.record.told {
            Told::Nobody => {}
            Told::Counters => {
                self.record.feed.context.count(Count::Cancelled, self.in_flight.len());
            }
            Told::Observers => {
                for late in self.in_flight.tags() {
                    self.record.tell(late.partition, EventKind::Cancelled);
                }
            }
        }
    }
}

pin_project_lite::pin_project! {
    /// A call of a partition, which fails where it panics, if that is wanted.
    struct Caught<Fut> {
        #[pin]
        future: Fut,
        catches: bool,
    }
}

impl<O, Fut: Future<Output = Result<O, Failure>>> Future for Caught<Fut> {
    type Output = Result<O, Failure>;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if *this.catches {
            let poll = AssertUnwindSafe(|| this.future.poll(task));
            return catch_unwind(poll)
                .unwrap_or_else(|panic| Poll::Ready(Err(Failure::panicked(&*panic))));
        }
        this.future.poll(task)
    }
}

/// Whether calls take their own slots: those of a nested dag, since its tasks do; and those with
/// attempts, which hold none between two of them.
const fn enters_itself<N: IsNode>() -> bool {
    is_dag::<N>() || N::OPTIONS.needs_attempts()
}

fn is_plain_computation<N: IsNode>() -> bool {
    !enters_itself::<N>() && place::<N>() == Place::Compute
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
