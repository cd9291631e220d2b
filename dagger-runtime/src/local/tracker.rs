//! Knows when nothing of a run is running any more.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Counts the futures that are alive: each holds a sender of a channel that carries nothing.
#[derive(Default)]
pub(super) struct Tracker {
    ends: Mutex<Ends>,
}

/// Both ends of the channel, once there is something to count.
type Ends = Option<(Sender<Infallible>, Receiver<Infallible>)>;

impl Tracker {
    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A future that counts until it is dropped, whether it has run or not.
    pub(super) fn track<F: Future>(&self, future: F) -> Tracked<F> {
        let alive = self.ends().get_or_insert_with(|| channel(1)).0.clone();
        Tracked { future: Box::pin(future), _alive: alive }
    }

    /// Waits until no tracked future is alive. To be called once nothing new is tracked.
    pub(super) async fn idle(&self) {
        let ends = self.ends().take();
        if let Some((alive, mut none_alive)) = ends {
            drop(alive);
            let _ = none_alive.recv().await;
        }
    }
}

/// See [`Tracker::track`].
pub(super) struct Tracked<F> {
    future: Pin<Box<F>>,
    /// Dropped last: the future is gone before it stops counting.
    _alive: Sender<Infallible>,
}

impl<F: Future> Future for Tracked<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        self.future.as_mut().poll(task)
    }
}
