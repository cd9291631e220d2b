//! Those who compute the nodes of one run: its *owner*, if that is polled by the compute pool, and
//! *helpers*, which are jobs of the pool.
//!
//! A worker is
//!
//! 1. *busy*: it does a node, or
//! 2. *looking*: it has none, and looks for one. It is a helper that was summoned, an owner that was
//!    called, or either of them after its last node. Then it
//! 3. *leaves*, a helper for good, and an owner until it is called. Or, having begun a node that
//!    suspends, it is
//! 4. *away*: no worker, until that node goes on.
//!
//! Whoever lets go of the lock has seen to it that nodes are not left alone: where one is ready, a
//! worker is looking, or as many as there may be are busy, and look before they leave. One worker
//! looks at a time: the one that finds a node has the next one called, if there are more.
//!
//! A node that takes less time than it takes to share it is better done by who made it ready. So a
//! helper that looks leaves ready nodes to the busy ones as long as these are quick, and comes in when
//! they are not.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;
use std::time::Duration;

use crate::sync::{Arc, AtomicBool, AtomicUsize, Instant, Mutex, MutexGuard, Ordering, lock, spin};

/// Others do two nodes in this time: they are quick.
const QUICK: Duration = Duration::from_micros(1);
/// How long somebody looks on with nothing to do: about as long as it takes to wake a thread.
const PATIENCE: Duration = Duration::from_micros(20);
/// How long a helper works before it looks whether others wait for its thread.
const TURN: Duration = Duration::from_micros(200);

/// The nodes of a run.
pub(super) trait Steps: Send + Sized + 'static {
    /// A node to do.
    type Node;
    /// How one ended.
    type Done;
    /// The rest of one that suspended.
    type Later;
    /// What helpers are made of.
    type Outside: Send + Sync;

    /// How many nodes there are to [take](Self::take), for anyone, and for helpers only. None where
    /// the run has ended: a helper that saw some and got none would look for ever.
    fn ready(&self, outside: &Self::Outside) -> (usize, usize);

    /// Whether there is something that only the owner does.
    fn wants_owner(&self) -> bool;

    /// A node for a helper.
    fn take(&mut self, outside: &Self::Outside) -> Option<Self::Node>;

    /// A node is done.
    fn end(&mut self, done: Self::Done, outside: &Self::Outside);

    /// Does a node, without the lock.
    fn run(node: Self::Node, outside: &Self::Outside) -> Result<Self::Done, Self::Later>;

    /// Makes a helper of the crew, which looks as soon as it has a thread.
    fn summon(crew: &Arc<Crew<Self>>);

    /// Whether something else waits for the thread of a helper.
    fn is_wanted_elsewhere(outside: &Self::Outside) -> bool;
}

/// See the [module](self).
pub(super) struct Crew<S: Steps> {
    state: Mutex<State<S>>,
    /// How many workers there may be.
    limit: usize,
    glance: Glance,
    /// What helpers are made of.
    pub(super) outside: S::Outside,
}

/// What can be seen without the lock, and may have changed since. It has a cache line of its own: who
/// looks on does not slow down who works.
#[derive(Default)]
#[repr(align(128))]
struct Glance {
    /// Nodes that anyone may do.
    ready: AtomicUsize,
    /// Nodes that helpers are to do.
    for_helpers: AtomicUsize,
    wants_owner: AtomicBool,
    busy: AtomicUsize,
    done: AtomicUsize,
    is_closed: AtomicBool,
}

/// What is under the lock.
struct State<S> {
    steps: S,
    workers: usize,
    looking: usize,
    owner: Owner,
    /// Whether the owner is one of the workers while it is not waiting.
    owner_computes: bool,
    is_closed: bool,
}

/// What the owner does.
enum Owner {
    /// It works, or is about to.
    Works,
    Waits(Waker),
    /// It was woken, and counts as looking, if it computes.
    Called,
}

/// What is to be done without the lock.
#[derive(Default)]
struct Orders {
    call: Option<Waker>,
    summon: bool,
}

impl<S: Steps> State<S> {
    fn orders(&mut self, limit: usize, (for_all, for_helpers): (usize, usize)) -> Orders {
        if self.is_closed {
            return Orders::default();
        }
        let mut call = if self.steps.wants_owner() { self.call() } else { None };
        if for_all + for_helpers == 0 || self.looking > 0 || self.workers >= limit {
            return Orders { call, summon: false };
        }
        if call.is_none() && for_all > 0 && self.owner_computes {
            call = self.call();
        }
        // An owner that computes is the worker that was missing.
        let summon = call.is_none() || !self.owner_computes;
        if summon {
            self.workers += 1;
            self.looking += 1;
        }
        Orders { call, summon }
    }

    /// Ends a node, unless nobody asks any more.
    fn end(&mut self, done: &mut Option<S::Done>, outside: &S::Outside) {
        if !self.is_closed
            && let Some(done) = done.take()
        {
            self.steps.end(done, outside);
        }
    }

    /// Calls an owner that waits.
    fn call(&mut self) -> Option<Waker> {
        match std::mem::replace(&mut self.owner, Owner::Called) {
            Owner::Waits(waker) => {
                self.workers += usize::from(self.owner_computes);
                self.looking += usize::from(self.owner_computes);
                Some(waker)
            }
            other => {
                self.owner = other;
                None
            }
        }
    }
}

/// What a helper is to do next.
pub(super) enum Turn<L> {
    /// Let others have the thread, and go on.
    Yield,
    /// Go on with a node, as [away](Crew::go_away) while it is suspended.
    Later(L),
    /// Nothing: it has left.
    Leave,
}

/// What somebody who looks sees.
enum Seen {
    Ready,
    /// Nodes that others are quick to do.
    LeftToOthers,
    Nothing,
}

impl<S: Steps> Crew<S> {
    /// A crew whose only worker is the owner, if that computes.
    pub(super) fn new(
        steps: S,
        outside: S::Outside,
        limit: usize,
        owner_computes: bool,
    ) -> Arc<Self> {
        let workers = usize::from(owner_computes);
        let owner = Owner::Works;
        let state = State { steps, workers, looking: 0, owner, owner_computes, is_closed: false };
        Arc::new(Self { state: Mutex::new(state), limit, glance: Glance::default(), outside })
    }

    fn lock(&self) -> MutexGuard<'_, State<S>> {
        lock(&self.state)
    }

    /// Changes something, and sees to the consequences.
    fn change<R>(self: &Arc<Self>, change: impl FnOnce(&mut State<S>) -> R) -> R {
        let mut state = self.lock();
        let result = change(&mut state);
        let (for_all, for_helpers) = state.steps.ready(&self.outside);
        let orders = state.orders(self.limit, (for_all, for_helpers));
        self.glance.ready.store(for_all, Ordering::Relaxed);
        self.glance.for_helpers.store(for_helpers, Ordering::Relaxed);
        self.glance.wants_owner.store(state.steps.wants_owner(), Ordering::Relaxed);
        self.glance.busy.store(state.workers - state.looking, Ordering::Relaxed);
        drop(state);
        if let Some(owner) = orders.call {
            owner.wake();
        }
        if orders.summon {
            S::summon(self);
        }
        result
    }

    /// Lets the owner change the steps.
    pub(super) fn with<R>(self: &Arc<Self>, change: impl FnOnce(&mut S) -> R) -> R {
        self.change(|state| change(&mut state.steps))
    }

    /// One more is done, as those who look on see.
    pub(super) fn count(&self) {
        let done = self.glance.done.load(Ordering::Relaxed);
        // Two at the same time may count as one: then they are not that quick.
        self.glance.done.store(done.wrapping_add(1), Ordering::Relaxed);
    }

    /// The owner goes on, called or not.
    pub(super) fn owner_works<R>(self: &Arc<Self>, change: impl FnOnce(&mut S) -> R) -> R {
        self.change(|state| {
            let counts = usize::from(state.owner_computes);
            match std::mem::replace(&mut state.owner, Owner::Works) {
                Owner::Works => {}
                Owner::Waits(_) => state.workers += counts,
                Owner::Called => state.looking -= counts,
            }
            change(&mut state.steps)
        })
    }

    /// The owner, at work until now, waits to be called.
    pub(super) fn owner_waits(self: &Arc<Self>, waker: Waker) {
        self.change(|state| {
            state.workers -= usize::from(state.owner_computes);
            state.owner = Owner::Waits(waker);
        });
    }

    /// Ends it: whoever works on something leaves afterwards. Gives what `end` makes of the steps.
    pub(super) fn close<R>(&self, end: impl FnOnce(&mut S) -> R) -> R {
        let mut state = self.lock();
        state.is_closed = true;
        self.glance.is_closed.store(true, Ordering::Relaxed);
        end(&mut state.steps)
    }

    /// Whether there is something to do for an owner that computes, after a while at most.
    pub(super) fn looks_on(&self) -> bool {
        let glance = &self.glance;
        let is_wanted = || {
            glance.ready.load(Ordering::Relaxed) > 0 || glance.wants_owner.load(Ordering::Relaxed)
        };
        let start = Instant::now();
        while self.limit > 1 && start.elapsed() < PATIENCE {
            if is_wanted() {
                return true;
            }
            spin();
        }
        false
    }

    /// A helper's work, as long as there is some that does not suspend.
    pub(super) fn help(self: &Arc<Self>) -> Turn<S::Later> {
        loop {
            match self.look() {
                Seen::LeftToOthers => return Turn::Yield,
                Seen::Nothing if self.leave() => return Turn::Leave,
                Seen::Nothing => {}
                Seen::Ready => {
                    let node = self.change(|state| {
                        let node =
                            if state.is_closed { None } else { state.steps.take(&self.outside) };
                        state.looking -= usize::from(node.is_some());
                        node
                    });
                    if let Some(turn) = node.and_then(|node| self.go_through(node)) {
                        return turn;
                    }
                }
            }
        }
    }

    /// Does this node and others that are ready, as long as that is worth while; looks then.
    fn go_through(self: &Arc<Self>, mut node: S::Node) -> Option<Turn<S::Later>> {
        let (mut begin, mut turn) = (Instant::now(), Instant::now());
        loop {
            let done = match S::run(node, &self.outside) {
                Ok(done) => done,
                Err(later) => return Some(Turn::Later(later)),
            };
            self.count();
            let now = Instant::now();
            let is_quick = now - begin < QUICK;
            let is_over = now - turn > TURN && S::is_wanted_elsewhere(&self.outside);
            let mut done = Some(done);
            let next = self.change(|state| {
                state.end(&mut done, &self.outside);
                let is_alone = state.workers - state.looking == 1;
                let goes_on = !state.is_closed && !is_over && (!is_quick || is_alone);
                let next = if goes_on { state.steps.take(&self.outside) } else { None };
                state.looking += usize::from(next.is_none());
                next
            });
            discard(done);
            node = match next {
                Some(next) => next,
                None if is_over => return Some(Turn::Yield),
                None => return None,
            };
            begin = now;
            if now - turn > TURN {
                turn = now;
            }
        }
    }

    /// A helper that has waited for a node is back, and looks.
    pub(super) fn end(self: &Arc<Self>, done: S::Done) {
        self.count();
        let mut done = Some(done);
        self.change(|state| {
            state.end(&mut done, &self.outside);
            state.looking += 1;
        });
        discard(done);
    }

    /// A worker's node has suspended.
    pub(super) fn go_away(self: &Arc<Self>) {
        self.change(|state| state.workers -= 1);
    }

    /// The node goes on.
    pub(super) fn come_back(self: &Arc<Self>) {
        self.change(|state| state.workers += 1);
    }

    /// Whether a helper that has found nothing leaves.
    fn leave(self: &Arc<Self>) -> bool {
        self.change(|state| {
            let leaves = state.is_closed || state.steps.ready(&self.outside) == (0, 0);
            if leaves {
                state.workers -= 1;
                state.looking -= 1;
            }
            leaves
        })
    }

    /// Looks on for a while, and leaves quick nodes to those who are busy.
    fn look(&self) -> Seen {
        let glance = &self.glance;
        let done = || glance.done.load(Ordering::Relaxed);
        let mut start = Instant::now();
        let (mut since, mut before) = (start, done());
        loop {
            if glance.is_closed.load(Ordering::Relaxed) {
                return Seen::Nothing;
            }
            let is_ready = glance.ready.load(Ordering::Relaxed) > 0;
            let is_needed = is_ready && glance.busy.load(Ordering::Relaxed) == 0;
            if is_needed || glance.for_helpers.load(Ordering::Relaxed) > 0 {
                return Seen::Ready;
            }
            let now = Instant::now();
            if now - since >= QUICK {
                let done = done();
                if is_ready && done.wrapping_sub(before) < 2 {
                    return Seen::Ready;
                }
                (since, before) = (now, done);
            }
            if now - start > PATIENCE {
                if !is_ready {
                    return Seen::Nothing;
                }
                if S::is_wanted_elsewhere(&self.outside) {
                    return Seen::LeftToOthers;
                }
                start = now;
            }
            spin();
        }
    }
}

/// Drops what nobody asks for any more; its destructor may be the user's.
fn discard<D>(done: Option<D>) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(done)));
}
