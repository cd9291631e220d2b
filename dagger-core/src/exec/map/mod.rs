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

mod calls;
mod feed;
mod merge;
mod pull;
mod worker;

use std::any::Any;
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;

pub use feed::{Ends, Feed, Finish, Of, of};
pub use merge::Ordered;
use merge::Results;
use pull::Source;

use super::context::{CallOf, Context};
use super::plan::{BoxFuture, Place};
use super::value::{Boxed, unerase};
use crate::callee::{IsNode, Kind, KindOf};
use crate::error::Failure;
use crate::event::EventKind;
use crate::progress::Count;
use crate::sync::lock;

/// No partition: what a worker is at while it pulls.
const NONE: usize = usize::MAX;

/// What the workers of one map share.
struct Shared<S, O> {
    source: Mutex<Source<S>>,
    /// The first partition that nobody has pulled, where the source is shared by reference.
    next: AtomicUsize,
    /// The first partition that is not one of this map's.
    end: usize,
    workers: usize,
    /// Whether the number of partitions was known, and counted, from the beginning.
    is_counted: bool,
    /// Whether the map goes on when a partition has failed.
    all_failures: bool,
    results: Mutex<Vec<Results<O>>>,
    /// Who is told of each result, where the map goes on with what is left of its partitions.
    keeper: Option<Kept<O>>,
    /// The first partition whose `Err` ends the map, once all others are done.
    first_error: AtomicUsize,
    ended: Mutex<Vec<Ended<O>>>,
}

/// Why a map ended early. There is one reason, or all failures where those are wanted.
struct Ended<O> {
    partition: usize,
    /// A failure, or a result that ends the map: an `Err` that `?` waits for.
    by: Result<O, Failure>,
}

impl<O> Ended<O> {
    fn is_echo(&self) -> bool {
        self.by.as_ref().is_err_and(Failure::is_cancelled)
    }
}

impl<S, O> Shared<S, O> {
    /// Ends the map with a failure, or with the result that is its last. Whether nothing new starts.
    fn end(&self, partition: usize, by: Result<O, Failure>) -> bool {
        let ended = Ended { partition, by };
        let goes_on = self.all_failures && !ended.is_echo();
        let mut earlier = lock(&self.ended);
        let counts = earlier.first().is_none_or(|earlier| {
            earlier.is_echo() || (partition < earlier.partition && !ended.is_echo())
        });
        if goes_on {
            earlier.push(ended);
        } else if counts {
            *earlier = vec![ended];
        }
        !goes_on
    }
}

const fn is_dag<N: IsNode>() -> bool {
    <KindOf<N> as Kind<N>>::IS_DAG
}

/// Whether a callee is a task that computes.
const fn is_computation<N: IsNode>() -> bool {
    matches!(place::<N>(), Place::Compute) && !is_dag::<N>()
}

/// Where the work of a callee belongs.
pub(crate) const fn place<N: IsNode>() -> Place {
    <KindOf<N> as Kind<N>>::PLACE
}

/// What a map runs over.
pub enum Partitions<S> {
    /// All partitions, which move.
    Moved(S),
    /// Some partitions, which were moved out before: the value of the step is the list of their results.
    Batch(Batch),
    /// Partitions that the workers borrow from what they share, and iterate themselves.
    Borrowed,
    /// Those of them at these places: the value of the step is the list of their results.
    BorrowedBatch(Range<usize>),
    /// What is left of partitions that were moved out before.
    Rest(Rest),
    /// What is left of partitions that are borrowed.
    BorrowedRest(Rest),
}

/// Some partitions in place of the value that has all of them.
pub enum Part {
    /// One process works on these.
    Batch(Batch),
    /// The others are done.
    Rest(Rest),
}

impl Part {
    /// What is in the box.
    pub(crate) fn unbox(value: Boxed) -> Result<Self, Boxed> {
        match value.downcast::<Rest>() {
            Ok(rest) => Ok(Self::Rest(*rest)),
            Err(value) => value.downcast::<Batch>().map(|batch| Self::Batch(*batch)),
        }
    }

    /// Partitions that move.
    pub(crate) fn moved<S>(self) -> Partitions<S> {
        match self {
            Self::Batch(batch) => Partitions::Batch(batch),
            Self::Rest(rest) => Partitions::Rest(rest),
        }
    }

    /// Partitions that are borrowed.
    pub(crate) fn borrowed<S>(self) -> Partitions<S> {
        match self {
            Self::Batch(batch) => Partitions::BorrowedBatch(batch.places()),
            Self::Rest(rest) => Partitions::BorrowedRest(rest),
        }
    }
}

/// What is left to do of a map, in place of the value that has the partitions: the value of the step
/// is that of the whole map.
pub struct Rest {
    /// The partitions that nobody has worked on, with their numbers, which ascend. Of a map that
    /// borrows them, only the numbers count.
    pub partitions: Vec<(usize, Boxed)>,
    /// The results of all others, with their numbers; `None` where nobody reads what the map makes of
    /// them.
    pub done: Vec<(usize, Option<Boxed>)>,
    /// Is told of the results as they come.
    pub keeper: Arc<dyn Keeper>,
}

/// Keeps results of a type that it does not know.
struct Kept<O> {
    keeper: Arc<dyn Keeper>,
    erased: fn(&O) -> &(dyn Any + Send),
}

impl<O> Kept<O> {
    fn keep(&self, partition: usize, result: &O) -> Result<(), Failure> {
        self.keeper.keep(partition, (self.erased)(result))
    }
}

/// Keeps the results of partitions.
pub trait Keeper: Send + Sync {
    /// A partition has this result, which does not end the map.
    ///
    /// # Errors
    ///
    /// If it cannot be kept: the partition has failed.
    fn keep(&self, partition: usize, result: &(dyn Any + Send)) -> Result<(), Failure>;
}

/// Partitions of a map that one process works on: they come in place of the value that has them.
pub struct Batch {
    /// The number of the first one, where that is known; the others follow.
    pub first: Option<usize>,
    /// The partitions; of a map that borrows them, their places, one after another.
    pub partitions: Vec<Boxed>,
}

impl Batch {
    /// The places of partitions that are borrowed.
    pub(crate) fn places(self) -> Range<usize> {
        let mut places = self.partitions.into_iter().map(unerase::<usize>);
        let first = places.next();
        first.map_or(0..0, |first| first..first.saturating_add(1 + places.len()))
    }
}

/// A map as a future of its step's value.
pub(crate) fn map_future<N, S, V, W, Fut, O, T>(
    context: Context,
    partitions: Partitions<S>,
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
    // What a batch has, and the number of its first partition: alone, a partition may have none.
    let (batch, first) = match &partitions {
        Partitions::Batch(batch) => (Some(batch.partitions.len()), batch.first),
        Partitions::BorrowedBatch(places) => (Some(places.len()), Some(0)),
        Partitions::Moved(_)
        | Partitions::Borrowed
        | Partitions::Rest(_)
        | Partitions::BorrowedRest(_) => (None, Some(0)),
    };
    Box::pin(async move {
        let results = {
            let worker = {
                let context = context.clone();
                move |feed| -> BoxFuture<()> {
                    let is_dag = is_dag::<N>();
                    let context = if is_dag { context.of_worker() } else { context.clone() };
                    Box::pin(work(feed, context, shared.clone()))
                }
            };
            run_map::<N, _, _, _>(context.clone(), partitions, worker).await
        };
        let (partition, results) = results;
        let partition = partition.and_then(|partition| Some(first? + partition));
        let collected = results.and_then(|results| {
            if batch == Some(results.len()) {
                let results: Vec<_> = results.map(|result| Box::new(result) as Boxed).collect();
                return Ok(Box::new(results) as Boxed);
            }
            // Of a batch that a partition has ended, this is the error of that.
            let value = collect(results, &context, partition.unwrap_or_default())?;
            match batch {
                None => Ok(Box::new(value) as Boxed),
                Some(_) => Err(Failure::of("there is no such partition".to_owned())),
            }
        });
        match collected {
            Ok(value) => Ok(value),
            Err(mut failure) => {
                failure.call.partition = partition;
                Err(failure)
            }
        }
    })
}

/// Runs a map.
///
/// `work` makes a worker's future. The results come in the order of the partitions; where the map
/// ended early, the failure comes with its partition.
pub(crate) async fn run_map<N, S, O, W>(
    context: Context,
    partitions: Partitions<S>,
    work: W,
) -> (Option<usize>, Result<Ordered<O>, Failure>)
where
    N: IsNode,
    S: Iterator + Send + 'static,
    O: Send + 'static,
    W: Fn(Feed<S, O>) -> BoxFuture<()> + Send + Sync,
{
    let place = place::<N>();
    let (shared, done) = share(&context, place, partitions);
    let workers = shared.workers;
    let worker = || {
        let panicked = Arc::new(AtomicUsize::new(NONE));
        let feed = Feed {
            shared: Arc::clone(&shared),
            context: context.clone(),
            panicked: Arc::clone(&panicked),
            pausing: AtomicUsize::new(0),
        };
        let work = AssertUnwindSafe(work(feed)).catch_unwind();
        let (shared, context) = (Arc::clone(&shared), context.clone());
        async move {
            if let Err(panic) = work.await {
                let failure = Failure::panicked(&*panic);
                let partition = panicked.load(Ordering::Relaxed);
                let call = CallOf::of((partition != NONE).then_some(partition));
                let kind = EventKind::of_failure(&failure);
                let has_span = partition != NONE && !is_dag::<N>() && context.span.takes_calls();
                if !has_span {
                    context.span.tell_of(call, &kind);
                }
                if partition != NONE {
                    context.tell(call, kind);
                }
                shared.end(partition, Err(failure));
                // Without this worker, what it had pulled would be missing.
                context.run.stop();
            }
        }
    };
    let spawn = |_| {
        let worker = context.span.within_boxed(Box::pin(worker()));
        context.run.host().spawn(place, worker)
    };
    let helpers = (1..workers).map(spawn).collect::<Vec<_>>();
    worker().await;
    for helper in helpers {
        helper.await;
    }

    let mut ended = std::mem::take(&mut *lock(&shared.ended));
    ended.sort_by_key(|ended| (ended.is_echo(), ended.partition));
    let mut ended = ended.into_iter();
    let mut results = std::mem::take(&mut *lock(&shared.results));
    let at = |partition| (partition != NONE).then_some(partition);
    match ended.next() {
        Some(Ended { partition, by: Err(mut failure) }) => {
            // What failed in a nested dag beside its failure, is of the partition that called it.
            let mut others = of_partition(std::mem::take(&mut failure.others), at(partition));
            for other in ended.filter(|other| !other.is_echo()) {
                let Err(mut failure) = other.by else { continue };
                let beside = std::mem::take(&mut failure.others);
                others.extend(of_partition(vec![failure], at(other.partition)));
                others.extend(of_partition(beside, at(other.partition)));
            }
            failure.others = others;
            (at(partition), Err(failure))
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
        None => {
            let first_error = shared.first_error.load(Ordering::Relaxed);
            results.extend(done);
            (at(first_error), Ok(Ordered::new(results)))
        }
    }
}

/// What the workers of a map share, and the results that are there already.
fn share<S: Iterator, O: Send + 'static>(
    context: &Context,
    place: Place,
    partitions: Partitions<S>,
) -> (Arc<Shared<S, O>>, Option<Results<O>>) {
    let (least, most) = match &partitions {
        Partitions::Moved(items) => items.size_hint(),
        Partitions::Borrowed => (0, None),
        Partitions::Batch(batch) => (batch.partitions.len(), Some(batch.partitions.len())),
        Partitions::BorrowedBatch(places) => (places.len(), Some(places.len())),
        Partitions::Rest(rest) | Partitions::BorrowedRest(rest) => {
            context.count_done(rest.done.len());
            (rest.partitions.len(), Some(rest.partitions.len()))
        }
    };
    let is_counted = most == Some(least);
    if is_counted {
        context.count(Count::Calls, least);
    }
    let most = most.unwrap_or(NONE);
    let (mut keeper, mut done) = (None, None);
    let (source, next, end) = match partitions {
        Partitions::Moved(items) => (Source::of(items), 0, NONE),
        Partitions::Batch(batch) => (Source::rest((0..).zip(batch.partitions).collect()), 0, NONE),
        Partitions::Borrowed => (Source::none(), 0, NONE),
        Partitions::BorrowedBatch(places) => (Source::none(), places.start, places.end),
        Partitions::Rest(rest) | Partitions::BorrowedRest(rest) => {
            keeper = Some(Kept { keeper: rest.keeper, erased: |result| result });
            done = Some(Results::late(rest.done));
            (Source::rest(rest.partitions), 0, NONE)
        }
    };
    let shared = Arc::new(Shared {
        source: Mutex::new(source),
        next: AtomicUsize::new(next),
        end,
        workers: context.run.host().parallelism(place).min(most).max(1),
        is_counted,
        all_failures: context.wants_all_failures(),
        results: Mutex::default(),
        keeper,
        first_error: AtomicUsize::new(NONE),
        ended: Mutex::default(),
    });
    (shared, done)
}

fn of_partition(mut failures: Vec<Failure>, partition: Option<usize>) -> Vec<Failure> {
    failures.iter_mut().for_each(|failure| failure.call.partition = partition);
    failures
}
