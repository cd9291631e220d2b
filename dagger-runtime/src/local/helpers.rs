//! The helpers of a run: jobs of the pool that compute its nodes.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use dagger_core::exec::context::Context;
use dagger_core::exec::plan::{BoxFuture, Ended, Place};
use dagger_core::exec::run::Run;
use dagger_core::exec::value::Values;
use futures_lite::future::yield_now;

use super::Executors;
use super::crew::{Crew, Steps, Turn};
use super::node::{end_of, node_of, start};
use super::nodes::{Done, Nodes};
use super::pool::Job;
use super::tracker::Outcome;
use crate::sync::{Mutex, lock};

/// What helpers are made of.
pub(super) struct Outside {
    run: Arc<Run>,
    /// Those that were summoned; `None` when the run is over.
    jobs: Mutex<Option<Vec<Job<Outcome<()>>>>>,
}

impl Outside {
    pub(super) fn new(run: Arc<Run>) -> Self {
        Self { run, jobs: Mutex::new(Some(Vec::new())) }
    }

    fn context(&self, step: usize) -> Context {
        Context::new(Arc::clone(&self.run), node_of(&self.run, step))
    }

    /// Ends the helpers: at once, or after what they are doing.
    pub(super) fn dismiss(&self) {
        let jobs = lock(&self.jobs).take();
        drop(jobs);
    }

    /// Keeps a helper, until it is done, or the run is over.
    fn keep(&self, job: Job<Outcome<()>>) {
        let mut jobs = lock(&self.jobs);
        match &mut *jobs {
            Some(jobs) => {
                if jobs.len() == jobs.capacity() {
                    jobs.retain(|job| !job.is_finished());
                }
                jobs.push(job);
            }
            None => {
                drop(jobs);
                drop(job);
            }
        }
    }
}

/// A node for a helper.
pub(super) enum Node {
    Ready(usize, Values),
    /// It has begun elsewhere.
    Begun(usize, BoxFuture<Ended>),
}

impl Steps for Nodes {
    type Node = Node;
    type Done = Done;
    type Later = (usize, BoxFuture<Ended>);
    type Outside = Outside;

    fn ready(&self, outside: &Outside) -> (usize, usize) {
        let may_begin = self.may_begin() && !outside.run.is_stopped();
        if may_begin { (self.computing.len(), self.begun.len()) } else { (0, 0) }
    }

    fn wants_owner(&self) -> bool {
        self.are_over() || (!self.is_abandoned && (self.have_failed() || self.polled.len() > 0))
    }

    fn take(&mut self, outside: &Outside) -> Option<Node> {
        match self.begun.pop() {
            Some((step, future)) => Some(Node::Begun(step, future)),
            None => {
                let mut values = Values::new();
                let step = self.begin(&outside.run, Place::Compute, &mut values)?;
                Some(Node::Ready(step, values))
            }
        }
    }

    fn end(&mut self, done: Done, outside: &Outside) {
        self.end(&outside.run, done);
    }

    fn run(node: Node, outside: &Outside) -> Result<Done, Self::Later> {
        let (step, ended) = match node {
            Node::Ready(step, mut values) => {
                (step, start(&outside.context(step), step, &mut values))
            }
            Node::Begun(step, future) => (step, Err(future)),
        };
        match ended {
            Ok(ended) => Ok(Done::new(&outside.run, step, ended)),
            Err(future) => Err((step, future)),
        }
    }

    fn summon(crew: &Arc<Crew<Self>>) {
        let job = Executors::of(&crew.outside.run).compute(help(Arc::clone(crew)));
        crew.outside.keep(job);
    }

    fn is_wanted_elsewhere(outside: &Outside) -> bool {
        Executors::of(&outside.run).pool.is_busy()
    }
}

async fn help(crew: Arc<Crew<Nodes>>) {
    loop {
        match crew.help() {
            Turn::Leave => return,
            Turn::Yield => yield_now().await,
            Turn::Later((step, future)) => {
                let ended = wait_for(&crew, end_of(future)).await;
                crew.end(Done::new(&crew.outside.run, step, ended));
            }
        }
    }
}

/// Waits for a node, away from the crew while it is suspended.
async fn wait_for<T>(crew: &Arc<Crew<Nodes>>, node: impl Future<Output = T>) -> T {
    let (mut node, mut is_away) = (pin!(node), false);
    poll_fn(|task| {
        if std::mem::take(&mut is_away) {
            crew.come_back();
        }
        let polled = node.as_mut().poll(task);
        if polled.is_pending() {
            is_away = true;
            crew.go_away();
        }
        polled
    })
    .await
}
