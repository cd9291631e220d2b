//! Jobs that wait for a worker, and workers that wait for a job.
//!
//! Jobs come out in the order in which they went in. A job wakes one worker that waits; the one that
//! is woken has to come, and takes whatever is there by then. The *owner* of a queue, if it has one,
//! is woken for each job, since the others may have work elsewhere.

use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

use crate::sync::{Arc, Mutex, MutexGuard, lock};

/// See the [module](self).
pub(super) struct Queue<J>(Mutex<Waiting<J>>);

struct Waiting<J> {
    jobs: VecDeque<J>,
    /// The owner, while it waits.
    owner: Option<Waker>,
    /// The other workers that wait, by their numbers.
    others: Vec<(usize, Waker)>,
    closed: Option<Closed<J>>,
}

/// A queue whose workers have ended.
struct Closed<J> {
    /// Takes what comes nevertheless.
    heir: Option<Arc<Queue<J>>>,
}

/// Who asks for a job.
#[derive(Clone, Copy)]
pub(super) enum Worker {
    /// The owner, which there is one of at most.
    Owner,
    /// Another one, with its number.
    Other(usize),
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        let (jobs, others) = (VecDeque::new(), Vec::new());
        Self(Mutex::new(Waiting { jobs, owner: None, others, closed: None }))
    }
}

impl<J> Queue<J> {
    fn lock(&self) -> MutexGuard<'_, Waiting<J>> {
        lock(&self.0)
    }

    /// Adds a job. It is the heir's where the queue is closed, and dropped where there is none.
    pub(super) fn push(&self, job: J) {
        let mut waiting = self.lock();
        if let Some(Closed { heir }) = &waiting.closed {
            let heir = heir.clone();
            drop(waiting);
            if let Some(heir) = heir {
                heir.push(job);
            }
            return;
        }
        waiting.jobs.push_back(job);
        let (owner, other) = (waiting.owner.take(), waiting.others.pop());
        drop(waiting);
        owner.into_iter().chain(other.map(|(_, waker)| waker)).for_each(Waker::wake);
    }

    /// Whether no job waits.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().jobs.is_empty()
    }

    /// The next job, as soon as there is one; `None` when the queue is closed.
    pub(super) fn poll_next(&self, worker: Worker, task: &mut Context<'_>) -> Poll<Option<J>> {
        let mut waiting = self.lock();
        if let Some(job) = waiting.jobs.pop_front() {
            return Poll::Ready(Some(job));
        }
        if waiting.closed.is_some() {
            return Poll::Ready(None);
        }
        let waker = task.waker().clone();
        match worker {
            Worker::Owner => waiting.owner = Some(waker),
            Worker::Other(number) => {
                waiting.others.retain(|(other, _)| *other != number);
                waiting.others.push((number, waker));
            }
        }
        Poll::Pending
    }

    /// Ends the workers. The jobs that are left, and those that come later, go to the heir, or are
    /// dropped.
    pub(super) fn close(&self, heir: Option<Arc<Self>>) {
        let mut waiting = self.lock();
        let jobs = std::mem::take(&mut waiting.jobs);
        let (owner, others) = (waiting.owner.take(), std::mem::take(&mut waiting.others));
        waiting.closed = Some(Closed { heir: heir.clone() });
        drop(waiting);
        owner.into_iter().chain(others.into_iter().map(|(_, waker)| waker)).for_each(Waker::wake);
        match heir {
            Some(heir) => jobs.into_iter().for_each(|job| heir.push(job)),
            None => drop(jobs),
        }
    }
}
