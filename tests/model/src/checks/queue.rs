//! No job is lost, and none waits while a worker does.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use shuttle::sync::Mutex;
use shuttle::{future, thread};

use super::check;
use crate::queue::{Queue, Worker};

type Done = Arc<Mutex<Vec<usize>>>;

/// Works until the queue is closed.
fn work(queue: &Queue<usize>, worker: Worker, done: &Done) {
    while let Some(job) = future::block_on(poll_fn(|task| queue.poll_next(worker, task))) {
        done.lock().unwrap().push(job);
    }
}

/// Two threads push jobs; when all are done, the queue is closed, and all workers end.
fn all_jobs_are_done(workers: usize, jobs: usize) {
    let (queue, done) = (Arc::new(Queue::default()), Done::default());
    let workers: Vec<_> = (0..workers)
        .map(|number| {
            let (queue, done) = (Arc::clone(&queue), Arc::clone(&done));
            thread::spawn(move || work(&queue, Worker::Other(number), &done))
        })
        .collect();
    let pushers: Vec<_> = (0..2)
        .map(|odd| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || (0..jobs).skip(odd).step_by(2).for_each(|job| queue.push(job)))
        })
        .collect();
    pushers.into_iter().for_each(|pusher| pusher.join().unwrap());
    while done.lock().unwrap().len() < jobs {
        thread::yield_now();
    }
    queue.close(None);
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    let mut done = std::mem::take(&mut *done.lock().unwrap());
    done.sort_unstable();
    assert!(done.into_iter().eq(0..jobs), "each job is done once");
}

#[test]
fn no_job_is_lost() {
    check(4000, || all_jobs_are_done(1, 3));
    check(4000, || all_jobs_are_done(2, 3));
    check(4000, || all_jobs_are_done(3, 2));
}

/// Another worker waits as well, and is needed elsewhere when it is woken.
fn the_owner_does_all_jobs(jobs: usize) {
    let (queue, done) = (Arc::new(Queue::default()), Done::default());
    let other = Arc::clone(&queue);
    let mut polls = 0;
    let absent = thread::spawn(move || {
        future::block_on(poll_fn(|task| {
            polls += 1;
            match polls {
                1 => other.poll_next(Worker::Other(0), task).map(drop),
                _ => Poll::Ready(()),
            }
        }));
    });
    let (of, pushes) = (Arc::clone(&queue), Arc::clone(&done));
    let owner = thread::spawn(move || work(&of, Worker::Owner, &pushes));
    (0..jobs).for_each(|job| queue.push(job));
    // The other worker has taken one at most, which is not counted.
    while done.lock().unwrap().len() + 1 < jobs {
        thread::yield_now();
    }
    queue.close(None);
    owner.join().unwrap();
    absent.join().unwrap();
}

#[test]
fn an_owner_is_woken_whoever_else_is() {
    check(4000, || the_owner_does_all_jobs(3));
}

/// A queue is closed while jobs come, and has an heir.
fn no_job_is_lost_that_an_heir_gets(jobs: usize) {
    let (queue, heir, done) =
        (Arc::new(Queue::default()), Arc::new(Queue::default()), Done::default());
    let workers = [&queue, &heir].map(|queue| {
        let (queue, done) = (Arc::clone(queue), Arc::clone(&done));
        thread::spawn(move || work(&queue, Worker::Owner, &done))
    });
    let pushes = Arc::clone(&queue);
    let pusher = thread::spawn(move || (0..jobs).for_each(|job| pushes.push(job)));
    queue.close(Some(Arc::clone(&heir)));
    pusher.join().unwrap();
    while done.lock().unwrap().len() < jobs {
        thread::yield_now();
    }
    heir.close(None);
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    let mut done = std::mem::take(&mut *done.lock().unwrap());
    done.sort_unstable();
    assert!(done.into_iter().eq(0..jobs), "each job is done once");
}

#[test]
fn jobs_of_a_closed_queue_go_to_its_heir() {
    check(4000, || no_job_is_lost_that_an_heir_gets(3));
}
