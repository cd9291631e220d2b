//! One run of one graph, as a future.
//!
//! It begins *alone*: its state belongs to the future, without a lock or an atomic, and as long as
//! its nodes are done one after another that is all there is. It is *shared* from the first moment on
//! in which somebody else could do a node meanwhile, or has to: see [`crew`](super::crew).

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, Waker, ready};

use dagger_core::error::Failure;
use dagger_core::event::EventKind;
use dagger_core::exec::context::Context;
use dagger_core::exec::in_flight::InFlight;
use dagger_core::exec::plan::{BoxFuture, Ended, Place};
use dagger_core::exec::run::Run;
use dagger_core::exec::value::{Boxed, Values};

use super::Executors;
use super::crew::{Crew, Steps};
use super::helpers::Outside;
use super::node::{discard, ends_itself, node_of, panicked, start, tell};
use super::nodes::{Done, Nodes};
use super::pool::Pool;

pub(super) struct Execution {
    /// Of the run, and of the node that is begun next.
    context: Context,
    phase: Phase,
    /// Whether it is polled by the pool, where it may compute itself.
    is_on_pool: bool,
    nodes: Access,
    /// Async nodes, and one that computes while there is nothing else to do. `None` as long as every
    /// node was done at once.
    in_place: Option<Box<InFlight<BoxFuture<Ended>, usize>>>,
    /// The end of the run, once that is waited for.
    stopped: Option<BoxFuture<()>>,
}

enum Phase {
    New,
    GoesOn,
    Waits,
    WindsDown,
}

/// The way to the state of the run.
enum Access {
    Alone(Nodes),
    Shared(Arc<Crew<Nodes>>),
    /// In between.
    None,
}

impl Access {
    /// Changes it, and gives others their share of what comes of it.
    fn with<R>(&mut self, change: impl FnOnce(&mut Nodes) -> R) -> R {
        match self {
            Self::Alone(nodes) => change(nodes),
            Self::Shared(crew) => crew.with(change),
            Self::None => unreachable!("the state of a run is somewhere"),
        }
    }
}

/// What the owner does next.
#[derive(Clone, Copy)]
struct Next {
    step: usize,
    place: Place,
    /// Whether nothing else of the graph can go on meanwhile.
    is_alone: bool,
}

impl Execution {
    pub(super) fn new(run: Arc<Run>, parameters: Vec<Boxed>) -> Self {
        let nodes = Access::Alone(Nodes::new(&run, parameters));
        let (context, phase) = (Context::new(run, 0), Phase::New);
        Self { context, phase, is_on_pool: false, nodes, in_place: None, stopped: None }
    }

    fn run(&self) -> &Arc<Run> {
        &self.context.run
    }

    /// The dag's result, or nothing, when there is no way to it any more.
    fn poll_result(&mut self, task: &mut Task<'_>) -> Poll<Option<Boxed>> {
        loop {
            match self.phase {
                Phase::New => {
                    self.is_on_pool = Pool::is_current();
                    self.phase = Phase::GoesOn;
                }
                Phase::GoesOn => {
                    self.go_on();
                    let run = &self.context.run;
                    let end =
                        self.nodes.with(|nodes| match nodes.have_failed() || run.is_stopped() {
                            true => Some(None),
                            false => nodes.are_over().then(|| Some(nodes.take_result(run))),
                        });
                    if let Some(end) = end {
                        if end.is_some() {
                            self.leave();
                        }
                        return Poll::Ready(end);
                    }
                    self.phase = Phase::Waits;
                }
                Phase::Waits => {
                    ready!(self.poll_wait(task));
                    self.phase = Phase::GoesOn;
                }
                Phase::WindsDown => return Poll::Ready(None),
            }
        }
    }
}

impl Future for Execution {
    /// The dag's result.
    type Output = Result<Boxed, Failure>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        if let Some(result) = ready!(self.poll_result(task)) {
            return Poll::Ready(Ok(result));
        }
        if !matches!(self.phase, Phase::WindsDown) {
            self.run().stop();
            self.begin_to_wind_down();
            self.phase = Phase::WindsDown;
        }
        ready!(self.poll_wind_down(task));
        let (values, failure) =
            self.nodes.with(|nodes| (nodes.take_values(), nodes.take_failure()));
        for value in values {
            // The run has failed already, and not because of this.
            let _ = discard(value);
        }
        Poll::Ready(Err(failure.unwrap_or_else(Failure::cancelled)))
    }
}

impl Execution {
    /// Does what can be done without waiting.
    fn go_on(&mut self) {
        let run = Arc::clone(self.run());
        let _burst = run.burst();
        let (mut done, mut values) = (None, Values::new());
        while let Some(next) = self.next(&mut done, &mut values) {
            let Next { step, place, is_alone } = next;
            self.context.move_to(node_of(&run, step));
            match start(&self.context, step, &mut values) {
                Ok(ended) => done = Some(Done::new(&run, step, ended)),
                Err(future) if place == Place::Compute && !is_alone => self.hand_over(step, future),
                Err(future) => done = self.start_in_place(step, future),
            }
            if let Access::Shared(crew) = &self.nodes
                && done.is_some()
            {
                crew.count();
                run.lend_burst();
            }
        }
    }

    /// Ends a node, and begins another one that the owner is to do.
    fn next(&mut self, done: &mut Option<Done>, values: &mut Values) -> Option<Next> {
        let (computes, is_on_pool) = (self.owner_computes(), self.is_on_pool);
        let run = &self.context.run;
        let (next, is_left) = self.nodes.with(|nodes| {
            if let Some(done) = done.take() {
                nodes.end(run, done);
            }
            let mut place = Place::Async;
            let mut step = nodes.begin(run, place, values);
            // Where it computes, it keeps all nodes that it polls waiting.
            if step.is_none() && (computes || (is_on_pool && nodes.have_one())) {
                place = Place::Compute;
                step = nodes.begin(run, place, values);
            }
            let is_alone = nodes.is_alone();
            (step.map(|step| Next { step, place, is_alone }), nodes.computing.len() > 0)
        });
        // What is polled has begun before somebody else comes.
        if is_left && next.is_none_or(|next| next.place == Place::Compute) {
            self.share();
        }
        next
    }

    /// Whether the owner does all kinds of nodes, as one of those who compute.
    fn owner_computes(&self) -> bool {
        self.is_on_pool && self.run().dag().plan().computes_only
    }

    /// Lets the pool do what is ready to be computed.
    fn share(&mut self) {
        // On a pool of one thread there is nobody else.
        if !(self.owner_computes() && Executors::of(self.run()).pool.threads() == 1) {
            self.form_crew();
        }
    }

    /// Lets the pool go on with a node that has begun, and would keep others waiting here.
    fn hand_over(&mut self, step: usize, future: BoxFuture<Ended>) {
        self.form_crew();
        self.nodes.with(|nodes| nodes.begun.push((step, future)));
    }

    fn form_crew(&mut self) {
        if let Access::Shared(_) = &self.nodes {
            return;
        }
        if let Access::Alone(nodes) = std::mem::replace(&mut self.nodes, Access::None) {
            let outside = Outside::new(Arc::clone(self.run()));
            let threads = Executors::of(self.run()).pool.threads();
            let crew = Crew::new(nodes, outside, threads, self.owner_computes());
            self.nodes = Access::Shared(crew);
            // Somebody may have to be called.
            self.nodes.with(|_| ());
        }
    }

    fn start_in_place(&mut self, step: usize, mut future: BoxFuture<Ended>) -> Option<Done> {
        // What suspends is polled again when it is in flight, with the right waker.
        let first = catch_unwind(AssertUnwindSafe(|| {
            future.as_mut().poll(&mut Task::from_waker(Waker::noop()))
        }));
        let polled = match first {
            Ok(Poll::Pending) => {
                let in_place =
                    self.in_place.get_or_insert_with(|| Box::new(InFlight::new(Some(panicked))));
                in_place.start(future, step)
            }
            Ok(ready) => ready,
            Err(panic) => Poll::Ready(panicked(panic)),
        };
        match polled {
            Poll::Ready(ended) => Some(Done::new(&self.context.run, step, ended)),
            Poll::Pending => None,
        }
    }

    /// Waits for something to do, or for the end of the run.
    fn poll_wait(&mut self, task: &mut Task<'_>) -> Poll<()> {
        if let Access::Shared(crew) = &self.nodes
            && self.owner_computes()
            && crew.looks_on()
        {
            return Poll::Ready(());
        }
        if !self.poll_in_place(task) && !self.is_wanted(task) {
            let run = &self.context.run;
            let stopped = self.stopped.get_or_insert_with(|| {
                let run = Arc::clone(run);
                Box::pin(async move { run.stopped().await })
            });
            ready!(stopped.as_mut().poll(task));
        }
        if let Access::Shared(crew) = &self.nodes {
            crew.owner_works(|_| ());
        }
        Poll::Ready(())
    }

    /// Goes on with what is in flight here. Whether some of it is done.
    fn poll_in_place(&mut self, task: &mut Task<'_>) -> bool {
        let Some(in_place) = &mut self.in_place else { return false };
        let mut has_ended = false;
        in_place.poll(task, |step, ended| {
            if let Some(ended) = ended {
                has_ended = true;
                let done = Done::new(&self.context.run, step, ended);
                self.nodes.with(|nodes| nodes.end(&self.context.run, done));
            }
        });
        has_ended
    }

    /// Whether there is something to do for the owner; it is called when there is, otherwise.
    fn is_wanted(&self, task: &mut Task<'_>) -> bool {
        let Access::Shared(crew) = &self.nodes else { return false };
        let computes = self.owner_computes();
        let is_wanted = crew
            .owner_works(|nodes| nodes.wants_owner() || (computes && nodes.computing.len() > 0));
        if !is_wanted {
            crew.owner_waits(task.waker().clone());
        }
        is_wanted
    }

    /// Lets nothing new start, and drops async tasks.
    fn begin_to_wind_down(&mut self) {
        let mut given_up = Vec::new();
        if let Some(in_place) = &mut self.in_place {
            in_place.retain(|step, _| {
                let is_kept = ends_itself(&self.context.run, step);
                if !is_kept {
                    given_up.push(step);
                }
                is_kept
            });
        }
        let begun = self.nodes.with(|nodes| {
            given_up.into_iter().for_each(|step| nodes.give_up(step));
            nodes.abandon()
        });
        self.skip(begun);
    }

    /// Waits for what computes, and for maps and nested dags, whose end is near.
    fn poll_wind_down(&mut self, task: &mut Task<'_>) -> Poll<()> {
        self.poll_in_place(task);
        let is_wanted = self.is_wanted(task);
        let is_over = match &mut self.nodes {
            Access::Alone(nodes) => nodes.are_over(),
            _ => is_wanted,
        };
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Drops nodes that were to go on elsewhere, and have not.
    fn skip(&self, begun: impl IntoIterator<Item = (usize, BoxFuture<Ended>)>) {
        for (step, future) in begun {
            // What is made of other work tells of its end.
            drop(future);
            if !ends_itself(self.run(), step) {
                tell(self.run(), step, EventKind::Skipped);
            }
        }
    }
}

impl Execution {
    /// Leaves a run of which nothing is left.
    fn leave(&mut self) {
        if let Access::Shared(crew) = std::mem::replace(&mut self.nodes, Access::None) {
            crew.close(|_| ());
            crew.outside.dismiss();
        }
    }
}

impl Drop for Execution {
    /// Ends what is in flight, and tells of the nodes that the run has not come to.
    fn drop(&mut self) {
        self.in_place = None;
        let is_watched = self.run().is_watched();
        let end = |nodes: &mut Nodes| {
            let skipped: Vec<_> = if is_watched { nodes.not_begun().collect() } else { Vec::new() };
            (skipped, nodes.abandon(), nodes.take_values())
        };
        let (skipped, begun, values) = match &mut self.nodes {
            Access::Alone(nodes) => end(nodes),
            Access::Shared(crew) => {
                let ended = crew.close(end);
                crew.outside.dismiss();
                ended
            }
            Access::None => return,
        };
        self.skip(begun);
        for value in values {
            // Nobody is there to be told.
            let _ = discard(value);
        }
        skipped.into_iter().for_each(|step| tell(self.run(), step, EventKind::Skipped));
    }
}
