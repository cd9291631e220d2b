//! A worker: pulls partitions, starts them, and waits for those that suspend.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{self, Poll};
use std::thread;
use std::time::{Duration, Instant};

use super::calls::{Calls, Flying};
use super::feed::{Ends, Feed};
use super::merge::Results;
use super::pull::Pull;
use super::{Kept, NONE, is_dag};
use crate::callee::IsNode;
use crate::error::Failure;
use crate::event::EventKind;
use crate::exec::context::{CallOf, Context};
use crate::exec::slots::Slots;
use crate::progress::Count;
use crate::sync::lock;

/// A chunk that takes less time than this makes the next one larger. While a worker is at a slow
/// partition, nobody else can have the rest of its chunk, so chunks are short.
const QUICK: Duration = Duration::from_micros(5);
/// How long a worker goes on before it lets others have their turn.
const TURN: Duration = Duration::from_micros(500);
/// The largest chunk, in partitions: what one worker may hold that others could have had.
const LARGEST_CHUNK: usize = 4096;

/// Who is told of the partitions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nobody; or their attempts tell of themselves.
    Nobody,
    /// The counters, once a chunk; and the observers, of those that fail.
    Counters,
    /// The observers, of each.
    Observers,
}

pub(super) struct Worker<'a, S, O, C: Flying> {
    calls: C,
    /// Its slots are given back after those have ended.
    room: Room<'a>,
    record: Record<'a, S, O>,
}

/// The most calls of one worker that pause: they hold no slots, but their partitions.
const MOST_PAUSING: usize = 4096;

/// How many calls may be in flight.
pub(super) struct Room<'a> {
    context: &'a Context,
    /// How many of them pause.
    pausing: &'a AtomicUsize,
    /// The slots of the calls in flight, and one for the next; `None` where calls take their own.
    slots: Option<Slots>,
}

impl Room<'_> {
    /// How many more calls may start, where so many are in flight.
    fn left(&self, in_flight: usize) -> usize {
        let pausing = self.pausing.load(Ordering::Relaxed).min(MOST_PAUSING);
        (self.context.max_concurrency().saturating_add(pausing)).saturating_sub(in_flight)
    }

    /// Whether the next call can start without waiting, where so many are in flight.
    fn is_there(&mut self, in_flight: usize) -> bool {
        self.left(in_flight) > 0 && self.slots.as_mut().is_none_or(Slots::try_take)
    }

    /// The same after another one is in flight, and has taken its room.
    pub(super) fn after_another(&mut self, in_flight: usize) -> bool {
        if let Some(slots) = &mut self.slots {
            slots.lend();
        }
        self.is_there(in_flight)
    }

    /// Gives back the slots of calls that are not running.
    fn give_back(&mut self) {
        if let Some(slots) = &mut self.slots {
            slots.give_back();
        }
    }
}

/// What becomes of the partitions.
pub(super) struct Record<'a, S, O> {
    feed: &'a Feed<S, O>,
    results: Results<O>,
    /// The partition that the worker is at; [`NONE`] while it pulls.
    pub(super) current: usize,
    /// How many of the results are counted.
    counted: usize,
    told: Told,
    /// Whether the span of the node has what fails: its calls have none.
    tells_span: bool,
    /// Whether a partition that fails is one failure among others.
    pub(super) all_failures: bool,
    ends: Ends<O>,
    /// Who is told of each result.
    keeper: Option<&'a Kept<O>>,
    /// Whether nobody looks at results before the fan-in.
    takes_all: bool,
}

impl<S, O> Record<'_, S, O> {
    /// So many results are about to come.
    pub(super) fn expect(&mut self, results: usize) {
        self.results.expect(results);
    }

    /// The call of a partition is made now.
    #[inline]
    pub(super) fn begin(&mut self, partition: usize) {
        self.current = partition;
        if self.told == Told::Observers {
            self.tell(partition, EventKind::Started);
        }
    }

    #[inline]
    pub(super) fn is_stopped(&self) -> bool {
        self.feed.context.run.is_stopped()
    }

    /// The result of a call that was done at once.
    #[inline]
    pub(super) fn put(&mut self, partition: usize, result: Result<O, Failure>) {
        match result {
            Ok(value) if self.takes_all => self.results.push(partition, value),
            result => self.put_watched(partition, result, false),
        }
    }

    /// The result of a call that had suspended.
    pub(super) fn put_late(&mut self, partition: usize, result: Result<O, Failure>) {
        match result {
            Ok(value) if self.takes_all => self.results.push_late(partition, value),
            result => self.put_watched(partition, result, true),
        }
    }

    fn put_watched(&mut self, partition: usize, result: Result<O, Failure>, late: bool) {
        let result = self.kept(partition, result);
        let is_last = result.as_ref().is_ok_and(|value| self.is_last(partition, value));
        self.tell_end(partition, &result, is_last);
        match result {
            Ok(value) if is_last => self.feed.end(partition, Ok(value)),
            Ok(value) if late => self.results.push_late(partition, value),
            Ok(value) => self.results.push(partition, value),
            Err(failure) => self.feed.end(partition, Err(failure)),
        }
    }

    /// A result that whoever keeps results knows of. What ends the map is no result to keep: it ends
    /// the run, and is made again when that goes on.
    fn kept(&self, partition: usize, result: Result<O, Failure>) -> Result<O, Failure> {
        let Some(keeper) = self.keeper else { return result };
        let value = result?;
        if !self.ends.is_some_and(|ends| ends(&value)) {
            keeper.keep(partition, &value)?;
        }
        Ok(value)
    }

    fn is_last(&self, partition: usize, value: &O) -> bool {
        if !self.ends.is_some_and(|ends| ends(value)) {
            return false;
        }
        if self.all_failures {
            self.feed.shared.first_error.fetch_min(partition, Ordering::Relaxed);
        }
        !self.all_failures
    }

    #[cold]
    fn tell_end(&self, partition: usize, result: &Result<O, Failure>, is_last: bool) {
        let kind = match result {
            Ok(_) if is_last => EventKind::Failed { error: None },
            // Those are counted once a chunk.
            Ok(_) if self.told == Told::Counters => return,
            Ok(_) => EventKind::Finished,
            Err(failure) => EventKind::of_failure(failure),
        };
        if self.tells_span {
            self.feed.context.span.tell_of(CallOf::of(Some(partition)), &kind);
        }
        match self.told {
            Told::Observers | Told::Counters => self.tell(partition, kind),
            Told::Nobody => {}
        }
    }

    #[cold]
    fn tell(&self, partition: usize, kind: EventKind) {
        self.feed.context.tell(CallOf::of(Some(partition)), kind);
    }

    /// Counts partitions that have started, and those that have finished since the last time.
    fn count(&mut self, started: usize) {
        if self.told == Told::Counters {
            let finished = self.results.len();
            self.feed.context.count(Count::Started, started);
            self.feed.context.count(Count::Finished, finished - self.counted);
            self.counted = finished;
        }
    }
}

impl<'a, S, O, C: Flying> Worker<'a, S, O, C> {
    pub(super) fn new<N: IsNode>(feed: &'a Feed<S, O>, calls: C, ends: Ends<O>) -> Self {
        let told = match () {
            () if N::OPTIONS.needs_attempts() => Told::Nobody,
            () if feed.context.tells_partitions() => Told::Observers,
            () if feed.context.run.is_watched() => Told::Counters,
            () => Told::Nobody,
        };
        let (results, all_failures) = (Results::default(), feed.context.wants_all_failures());
        let (current, counted) = (NONE, 0);
        let keeper = feed.shared.keeper.as_ref();
        // The tasks of a nested dag take their own; a call with attempts holds none between two.
        let takes_slots = !is_dag::<N>() && !N::OPTIONS.needs_attempts();
        let tells_span = takes_slots && !feed.context.span.takes_calls();
        Self {
            calls,
            room: Room {
                context: &feed.context,
                pausing: &feed.pausing,
                slots: takes_slots.then(|| feed.context.slots(N::limit())),
            },
            record: Record {
                feed,
                results,
                current,
                counted,
                told,
                tells_span,
                all_failures,
                ends,
                keeper,
                takes_all: told != Told::Observers && ends.is_none() && keeper.is_none(),
            },
        }
    }

    pub(super) async fn work<N, T>(mut self, mut pull: impl Pull<T> + Send)
    where
        C: Calls<T, S, O>,
        N: IsNode,
        T: Send,
    {
        let feed = self.record.feed;
        let mut partitions = Vec::new().into_iter();
        let (mut next, mut size, mut exhausted) = (0, 1, false);
        // How many calls in a row were done at once.
        let mut at_once = 0_usize;
        let mut turn = Instant::now();
        // Calls that take slots of their own, and may be done at once.
        let in_bursts = self.room.slots.is_none() && N::limit().is_none();
        while !feed.context.run.is_stopped() {
            if exhausted && partitions.len() == 0 {
                self.drain().await;
                break;
            }
            if !self.wait_for_room().await {
                break;
            }
            if partitions.len() == 0 {
                self.record.current = NONE;
                let (first, pulled) = pull.pull(self.most(size, at_once));
                (next, partitions) = (first, pulled.into_iter());
                exhausted = partitions.len() == 0;
                feed.count_pulled(partitions.len());
            }
            let (begin, first) = (Instant::now(), next);
            {
                let _burst = in_bursts.then(|| feed.context.run.burst());
                self.calls.make(&mut self.record, &mut self.room, &mut next, &mut partitions);
            }
            let end = Instant::now();
            if end - begin < QUICK {
                size = (size * 2).min(LARGEST_CHUNK);
            } else if end - begin > 2 * QUICK {
                size = (size / 4).max(1);
            }
            at_once = if self.calls.len() == 0 { at_once + next - first } else { 0 };
            self.record.count(next - first);
            if end - turn > TURN {
                self.room.give_back();
                yield_now().await;
                turn = Instant::now();
            }
        }
        if feed.context.run.is_stopped() && is_dag::<N>() {
            self.end().await;
        }
        self.record.count(0);
        lock(&feed.shared.results).push(std::mem::take(&mut self.record.results));
    }

    /// The largest chunk that makes sense: where calls suspend, partitions are not pulled ahead of the
    /// room for them; the more have not, the less it is likely of the next ones.
    fn most(&self, size: usize, at_once: usize) -> usize {
        let room = self.room.left(self.calls.len());
        size.min((room / self.record.feed.shared.workers).max(at_once / 4)).max(1)
    }

    /// Waits for room, and meanwhile for what is in flight. Whether there is some: otherwise, the map
    /// has ended.
    async fn wait_for_room<T>(&mut self) -> bool
    where
        C: Calls<T, S, O>,
    {
        let feed = self.record.feed;
        let mut slot = pin!(None);
        let mut stopped = pin!(feed.context.run.stopped());
        poll_fn(|task| {
            self.go_on(task);
            if feed.context.run.is_stopped() {
                return Poll::Ready(false);
            }
            if self.room.is_there(self.calls.len()) {
                return Poll::Ready(true);
            }
            if stopped.as_mut().poll(task).is_ready() {
                return Poll::Ready(false);
            }
            let is_full = self.room.left(self.calls.len()) == 0;
            let Some(slots) = self.room.slots.as_mut().filter(|_| !is_full) else {
                return Poll::Pending;
            };
            if slot.is_none() {
                slot.set(Some(slots.wait()));
            }
            match slot.as_mut().as_pin_mut().map(|slot| slot.poll(task)) {
                Some(Poll::Ready(permit)) => {
                    slots.add(permit);
                    Poll::Ready(true)
                }
                _ => Poll::Pending,
            }
        })
        .await
    }

    /// Waits for all that is in flight.
    async fn drain<T>(&mut self)
    where
        C: Calls<T, S, O>,
    {
        let feed = self.record.feed;
        let mut stopped = pin!(feed.context.run.stopped());
        poll_fn(|task| {
            self.go_on(task);
            self.room.give_back();
            self.record.count(0);
            if self.calls.len() == 0 || feed.context.run.is_stopped() {
                return Poll::Ready(());
            }
            stopped.as_mut().poll(task)
        })
        .await;
    }

    /// Waits for nested dags after the map was stopped, which end themselves: computing tasks of
    /// theirs may have failed in an earlier partition. Anything else in flight is just dropped.
    async fn end<T>(&mut self)
    where
        C: Calls<T, S, O>,
    {
        poll_fn(|task| {
            self.go_on(task);
            if self.calls.len() == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn go_on<T>(&mut self, task: &mut task::Context<'_>)
    where
        C: Calls<T, S, O>,
    {
        let done = self.calls.go_on(&mut self.record, task);
        if let Some(slots) = &mut self.room.slots {
            slots.free(done);
        }
    }
}

impl<S, O, C: Flying> Drop for Worker<'_, S, O, C> {
    fn drop(&mut self) {
        let record = &self.record;
        let panicked = thread::panicking().then_some(record.current);
        if let Some(partition) = panicked {
            // Whoever catches the panic reports it.
            record.feed.panicked.store(partition, Ordering::Relaxed);
        }
        if record.told == Told::Nobody {
            return;
        }
        for partition in self.calls.partitions().filter(|at| Some(*at) != panicked) {
            match record.told {
                Told::Observers => record.tell(partition, EventKind::Cancelled),
                _ => record.feed.context.count(Count::Cancelled, 1),
            }
        }
    }
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
