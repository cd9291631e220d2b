//! Knows when nothing of a run is running any more.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};

use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Counts the futures that are alive: they share what is dropped with the last of them.
#[derive(Default)]
pub(super) struct Tracker(Mutex<State>);

#[derive(Default)]
enum State {
    /// Nothing was tracked yet.
    #[default]
    Unused,
    /// The tracker counts as a future, until somebody asks for the end.
    Open(Arc<Alive>, Receiver<Infallible>),
    Closed(Weak<Alive>),
}

/// Is there as long as a future is.
struct Alive {
    /// What is to be done then.
    then: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// Of a channel that carries nothing.
    _ends: Sender<Infallible>,
}

impl Drop for Alive {
    fn drop(&mut self) {
        let then = self.then.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(then) = then {
            then();
        }
    }
}

impl Tracker {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A future that counts until it is dropped, whether it has run or not.
    pub(super) fn track<F: Future>(&self, future: F) -> Tracked<F> {
        let mut state = self.lock();
        if matches!(*state, State::Unused) {
            let (ends, none_alive) = channel(1);
            let alive = Arc::new(Alive { then: Mutex::default(), _ends: ends });
            *state = State::Open(alive, none_alive);
        }
        let alive = match &*state {
            State::Open(alive, _) => Some(Arc::clone(alive)),
            // Whoever begins something new is alive itself.
            State::Closed(alive) => alive.upgrade(),
            State::Unused => None,
        };
        Tracked { future: Box::pin(future), alive }
    }

    /// Waits until no tracked future is alive.
    pub(super) async fn idle(&self) {
        if let Some((alive, mut none_alive)) = self.close() {
            drop(alive);
            let _ = none_alive.recv().await;
        }
    }

    /// Does this when no tracked future is alive: at once, or where the last of them is dropped.
    pub(super) fn when_idle(&self, then: impl FnOnce() + Send + 'static) {
        let alive = match self.close() {
            Some((alive, _)) => Some(alive),
            None => match &*self.lock() {
                State::Closed(alive) => alive.upgrade(),
                _ => None,
            },
        };
        match alive {
            Some(alive) => {
                *alive.then.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(then));
            }
            None => then(),
        }
    }

    /// Does not count any more itself.
    fn close(&self) -> Option<(Arc<Alive>, Receiver<Infallible>)> {
        let mut state = self.lock();
        match std::mem::take(&mut *state) {
            State::Open(alive, none_alive) => {
                *state = State::Closed(Arc::downgrade(&alive));
                Some((alive, none_alive))
            }
            State::Unused => {
                *state = State::Closed(Weak::new());
                None
            }
            closed @ State::Closed(_) => {
                *state = closed;
                None
            }
        }
    }
}

/// See [`Tracker::track`].
pub(super) struct Tracked<F> {
    future: Pin<Box<F>>,
    /// Dropped last: the future is gone before it stops counting.
    alive: Option<Arc<Alive>>,
}

impl<F: Future> Future for Tracked<F> {
    type Output = Outcome<F::Output>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.future.as_mut().poll(task);
        polled.map(|value| Outcome { value, _alive: self.alive.clone() })
    }
}

/// What a tracked future came to. It counts as well: where nobody waits for it, its value is dropped
/// on the thread that made it, which takes its time.
pub(super) struct Outcome<T> {
    pub(super) value: T,
    _alive: Option<Arc<Alive>>,
}
