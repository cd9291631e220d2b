//! Knows when nothing of a run is running any more.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Counts the futures that are alive: each holds a sender of a channel that carries nothing.
pub(super) struct Tracker {
    ends: Mutex<Option<(Sender<Infallible>, Receiver<Infallible>)>>,
}

impl Tracker {
    pub(super) fn new() -> Self {
        Self { ends: Mutex::new(Some(channel(1))) }
    }

    /// A future that counts until it is dropped, whether it has run or not.
    pub(super) fn track<F: Future>(&self, future: F) -> Tracked<F> {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = ends.as_ref().map(|(alive, _)| alive.clone());
        Tracked { future: Box::pin(future), _alive: alive }
    }

    /// Waits until no tracked future is alive. To be called once nothing new is tracked.
    pub(super) async fn idle(&self) {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner).take();
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
    _alive: Option<Sender<Infallible>>,
}

impl<F: Future> Future for Tracked<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        self.future.as_mut().poll(task)
    }
}
