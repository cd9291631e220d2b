//! Futures that have suspended: the partitions of a worker of a map, or the nodes of a run.
//!
//! Each has a *slot*: a box for the future and a waker, which are used again. So a future that
//! suspends costs no allocation once there have been as many in flight, and one that is done when it is
//! first polled costs next to nothing.
//!
//! 1. *Free.* The slot is in the list of free ones.
//! 2. *Polled.* Its future is set and polled with the slot's waker, for the first time or because the
//!    slot was woken.
//! 3. *Waiting.* The future suspended. A wake puts the slot into the list of woken ones, once until it
//!    is polled again, and wakes the worker, once until that looks at the list.
//!
//! A waker may outlive the future that it was made for. It then wakes whatever is in the slot, which
//! futures have to put up with.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Wake, Waker};

use crate::sync::{Arc, AtomicBool, Mutex, Ordering, lock};

type Panic = Box<dyn Any + Send>;

/// Futures in flight, each with a tag.
pub struct InFlight<Fut: Future, Tag> {
    slots: Vec<Slot<Fut, Tag>>,
    /// What a panic comes to, where it is not to go on.
    caught: Option<fn(Panic) -> Fut::Output>,
    free: Vec<usize>,
    /// `None` as long as nothing has suspended.
    woken: Option<Arc<Woken>>,
    /// The slots that are being polled; kept for its memory.
    polled: Vec<usize>,
}

struct Slot<Fut, Tag> {
    future: Pin<Box<Option<Fut>>>,
    tag: Option<Tag>,
    wake: Arc<WakeSlot>,
    waker: Waker,
}

/// The slots that were woken, and the worker that is to look at them.
#[derive(Default)]
struct Woken(Mutex<(Vec<usize>, Option<Waker>)>);

struct WakeSlot {
    slot: usize,
    /// Whether it is among the woken ones.
    is_woken: AtomicBool,
    woken: Arc<Woken>,
}

impl Wake for WakeSlot {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // What was written before the wake is seen by the poll that it leads to, also where an earlier
        // wake has put the slot on the list: the poll resets the flag first.
        if self.is_woken.swap(true, Ordering::AcqRel) {
            return;
        }
        let worker = {
            let mut woken = lock(&self.woken.0);
            woken.0.push(self.slot);
            woken.1.take()
        };
        if let Some(worker) = worker {
            worker.wake();
        }
    }
}

impl<Fut: Future, Tag> InFlight<Fut, Tag> {
    /// None yet; a panic of one is what `caught` says, or goes on.
    #[must_use]
    pub fn new(caught: Option<fn(Panic) -> Fut::Output>) -> Self {
        let (slots, free, polled) = (Vec::new(), Vec::new(), Vec::new());
        Self { slots, caught, free, woken: None, polled }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they are tagged with.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.slots.iter().filter_map(|slot| slot.tag.as_ref())
    }
}

impl<Fut: Future, Tag: Copy> InFlight<Fut, Tag> {
    /// Polls a new future. It is kept where it suspends.
    #[inline]
    pub fn start(&mut self, future: Fut, tag: Tag) -> Poll<Fut::Output> {
        if self.free.is_empty() {
            self.open();
        }
        let Some(index) = self.free.last() else { unreachable!("a slot was opened") };
        let slot = &mut self.slots[*index];
        // One borrow for all of it: then rustc knows what it has just put there.
        let mut place = slot.future.as_mut();
        place.set(Some(future));
        let polled = poll(place.as_mut(), &slot.waker, self.caught);
        match polled {
            Poll::Ready(_) => place.set(None),
            Poll::Pending => {
                slot.tag = Some(tag);
                self.free.pop();
            }
        }
        polled
    }

    #[cold]
    fn open(&mut self) {
        let slot = self.slots.len();
        let woken = Arc::clone(self.woken.get_or_insert_default());
        let is_woken = AtomicBool::new(false);
        let wake = Arc::new(WakeSlot { slot, is_woken, woken });
        let waker = Waker::from(Arc::clone(&wake));
        self.slots.push(Slot { future: Box::pin(None), tag: None, wake, waker });
        self.free.push(slot);
    }

    /// Polls what was woken: calls `turn` before each, and again with its output if it is done. What
    /// wakes itself meanwhile has its turn the next time: the worker is woken when there is more.
    pub fn poll(
        &mut self,
        worker: &mut Context<'_>,
        mut turn: impl FnMut(Tag, Option<Fut::Output>),
    ) {
        let Some(woken) = self.woken.as_ref().filter(|_| !self.is_empty()) else { return };
        {
            let mut woken = lock(&woken.0);
            std::mem::swap(&mut woken.0, &mut self.polled);
            match &mut woken.1 {
                Some(waker) => waker.clone_from(worker.waker()),
                none => *none = Some(worker.waker().clone()),
            }
        }
        for index in self.polled.drain(..) {
            let slot = &mut self.slots[index];
            slot.wake.is_woken.swap(false, Ordering::AcqRel);
            // It may have been woken by what was there before.
            let Some(tag) = slot.tag else { continue };
            turn(tag, None);
            let place = slot.future.as_mut();
            if let Poll::Ready(output) = poll(place, &slot.waker, self.caught) {
                slot.future.set(None);
                slot.tag = None;
                self.free.push(index);
                turn(tag, Some(output));
            }
        }
    }
}

impl<Fut: Future, Tag: Copy> InFlight<Fut, Tag> {
    /// Drops those that are not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(Tag, &Fut) -> bool) {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            let (Some(tag), Some(future)) = (slot.tag, slot.future.as_ref().as_pin_ref()) else {
                continue;
            };
            if !keep(tag, future.get_ref()) {
                slot.future.set(None);
                slot.tag = None;
                self.free.push(index);
            }
        }
    }
}

#[inline]
fn poll<Fut: Future>(
    place: Pin<&mut Option<Fut>>,
    waker: &Waker,
    caught: Option<fn(Panic) -> Fut::Output>,
) -> Poll<Fut::Output> {
    let Some(future) = place.as_pin_mut() else {
        unreachable!("a slot that is polled has a future")
    };
    let mut task = Context::from_waker(waker);
    match caught {
        None => future.poll(&mut task),
        Some(caught) => catch_unwind(AssertUnwindSafe(|| future.poll(&mut task)))
            .unwrap_or_else(|panic| Poll::Ready(caught(panic))),
    }
}
