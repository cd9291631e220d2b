//! No wake of a future in flight is lost, whenever it comes.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use shuttle::sync::Mutex;
use shuttle::{future, thread};

use super::check;
use crate::in_flight::InFlight;

/// Is ready when somebody says so.
#[derive(Default)]
struct Signal(Mutex<(bool, Option<Waker>)>);

impl Signal {
    fn give(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            state.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Waits for a signal; before, wakes itself so many times.
struct Waits {
    signal: Arc<Signal>,
    yields: usize,
}

impl Future for Waits {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        if self.yields > 0 {
            self.yields -= 1;
            task.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut state = self.signal.0.lock().unwrap();
        if state.0 {
            return Poll::Ready(());
        }
        state.1 = Some(task.waker().clone());
        Poll::Pending
    }
}

/// Runs so many futures, at most `most` at a time, with a thread that gives the signals of each kind
/// of them: slots are used again while wakes for what was there before are on their way.
fn all_end(futures: usize, most: usize, yields: usize) {
    let signals: Vec<_> = (0..futures).map(|_| Arc::new(Signal::default())).collect();
    let givers: Vec<_> = (0..2)
        .map(|odd| {
            let signals: Vec<_> = signals.iter().skip(odd).step_by(2).cloned().collect();
            thread::spawn(move || signals.iter().for_each(|signal| signal.give()))
        })
        .collect();
    let mut in_flight = InFlight::new(None);
    let (mut next, mut done) = (0, vec![false; futures]);
    future::block_on(poll_fn(|task| {
        loop {
            in_flight.poll(task, |tag: usize, output| {
                if output.is_some() {
                    assert!(!std::mem::replace(&mut done[tag], true), "each ends once");
                }
            });
            let before = next;
            while next < futures && in_flight.len() < most {
                let waits = Waits { signal: Arc::clone(&signals[next]), yields };
                if in_flight.start(waits, next).is_ready() {
                    done[next] = true;
                }
                next += 1;
            }
            if in_flight.is_empty() && next == futures {
                return Poll::Ready(());
            }
            if next == before {
                // Whoever is in flight wakes this task: shuttle reports a deadlock otherwise.
                return Poll::Pending;
            }
        }
    }));
    assert!(done.iter().all(|done| *done), "all have ended");
    givers.into_iter().for_each(|giver| giver.join().unwrap());
}

#[test]
fn no_wake_is_lost() {
    check(4000, || all_end(4, 2, 0));
}

#[test]
fn no_wake_is_lost_where_futures_wake_themselves() {
    check(4000, || all_end(3, 3, 1));
    check(4000, || all_end(4, 1, 2));
}
