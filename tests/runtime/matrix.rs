//! Everything that can happen to a call, at every position of four shapes, in every combination of sync and async
//! tasks, on several numbers of compute threads, and on tokio's runtimes or none.
//!
//! Each run is asked for its result or error, for the laws that its events obey, and for its values, each of which has
//! to be dropped once.

use std::sync::Arc;

use dagger::{Dag, Error, Outputs, Runtime};
use futures::future::{Either, select};
use std::error::Error as _;
use std::pin::pin;

use crate::laws::{End, Observed, Recorder};
use crate::shapes::{
    Act, Broken, Fault, Graph, Ledger, NAMES, Options, Script, Shape, Token, call,
};
use crate::support::{self, quiet_panics, watched};

/// What happens to the task at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Nothing,
    Fails,
    Panics,
    FailsOnce,
    PanicsOnce,
    FailsAlways,
    PanicsAlways,
    TimesOut,
    TimesOutOnce,
    TimesOutAlways,
    IsCancelled,
    IsDropped,
}

const EVENTS: [Event; 12] = [
    Event::Nothing,
    Event::Fails,
    Event::Panics,
    Event::FailsOnce,
    Event::PanicsOnce,
    Event::FailsAlways,
    Event::PanicsAlways,
    Event::TimesOut,
    Event::TimesOutOnce,
    Event::TimesOutAlways,
    Event::IsCancelled,
    Event::IsDropped,
];

impl Event {
    fn options(self) -> Options {
        match self {
            Self::Nothing | Self::Fails | Self::Panics | Self::IsCancelled | Self::IsDropped => {
                Options::Plain
            }
            Self::FailsOnce | Self::PanicsOnce | Self::FailsAlways | Self::PanicsAlways => {
                Options::Retried
            }
            Self::TimesOut => Options::Timed,
            Self::TimesOutOnce | Self::TimesOutAlways => Options::Stubborn,
        }
    }

    fn act(self) -> Option<Act> {
        match self {
            Self::Nothing => None,
            Self::Fails | Self::FailsOnce | Self::FailsAlways => Some(Act::Fail),
            Self::Panics | Self::PanicsOnce | Self::PanicsAlways => Some(Act::Panic),
            Self::TimesOut | Self::TimesOutOnce | Self::TimesOutAlways => Some(Act::Linger),
            Self::IsCancelled | Self::IsDropped => Some(Act::Hang),
        }
    }

    fn is_once(self) -> bool {
        matches!(self, Self::FailsOnce | Self::PanicsOnce | Self::TimesOutOnce)
    }

    fn is_timeout(self) -> bool {
        self.act() == Some(Act::Linger)
    }

    fn ends_well(self) -> bool {
        self == Self::Nothing || self.is_once()
    }
}

/// Where a run is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    CurrentThread,
    /// A current-thread runtime whose time is paused.
    Paused,
    MultiThread,
    /// None of tokio's.
    Thread,
}

impl Host {
    fn start(self) -> Option<tokio::runtime::Runtime> {
        let mut builder = match self {
            Self::Thread => return None,
            Self::MultiThread => tokio::runtime::Builder::new_multi_thread(),
            _ => tokio::runtime::Builder::new_current_thread(),
        };
        builder.worker_threads(2).enable_all().start_paused(self == Self::Paused);
        Some(builder.build().expect("a tokio runtime"))
    }
}

impl Shape {
    fn positions(self) -> usize {
        match self {
            Self::Chain | Self::FanOut => 3,
            Self::Diamond => 4,
            Self::Nested => 5,
        }
    }

    /// The value of the result, where nothing fails.
    fn value(self) -> usize {
        match self {
            Self::Chain => 3,
            Self::FanOut => 7,
            Self::Nested => 31,
            Self::Diamond => 5,
        }
    }

    /// How many calls of tasks a run makes, where nothing fails.
    fn calls(self) -> usize {
        match self {
            Self::Chain => 3,
            Self::FanOut => 5,
            Self::Nested => 17,
            Self::Diamond => 4,
        }
    }

    /// The partitions of a position: those in its middle, as the place of a token.
    fn place(self, position: usize) -> Vec<usize> {
        match (self, position) {
            (Self::FanOut, 1) | (Self::Nested, 1 | 3) => vec![1],
            (Self::Nested, 2) => vec![1, 2],
            _ => Vec::new(),
        }
    }

    /// The way to such a call, as in the path of an error.
    fn path(self, position: usize) -> Vec<(&'static str, bool)> {
        let name = NAMES[position];
        match (self, position) {
            (Self::FanOut, 1) => vec![(name, true)],
            (Self::Nested, 1 | 3) => vec![("inner", true), (name, false)],
            (Self::Nested, 2) => vec![("inner", true), (name, true)],
            _ => vec![(name, false)],
        }
    }
}

/// Whether a task is told to start here.
fn is_of_task(event: &dagger::Event) -> bool {
    let is_call = event.node().is_some_and(|node| {
        node.kind == dagger::NodeKind::Task && (!node.is_mapped() || event.partition.is_some())
    });
    is_call && event.kind == dagger::EventKind::Started
}

/// A run that is to be made.
struct Case<'a> {
    graph: Graph,
    dag: &'a Dag,
    event: Event,
    position: usize,
    /// Whether it happens in all partitions, where it is mapped over.
    everywhere: bool,
    host: Host,
    threads: usize,
}

impl Case<'_> {
    fn name(&self) -> String {
        let Self { graph, event, position, everywhere, host, threads, .. } = self;
        let everywhere = if *everywhere { ", everywhere" } else { "" };
        format!("{graph:?}: {event:?} at {position}{everywhere}, {host:?}, {threads} threads")
    }

    fn script(&self) -> Arc<Script> {
        let place = (!self.everywhere).then(|| self.graph.shape.place(self.position));
        let (position, once) = (self.position, self.event.is_once());
        let fault = self.event.act().map(|act| Fault { position, place, act, once });
        // Half of the graphs have async tasks that are done when they are first polled.
        let suspends = (self.graph.asyncs.count_ones() as usize + self.position).is_multiple_of(2);
        Script::new(fault.into_iter().collect(), suspends)
    }

    fn run(&self, runtime: &Runtime, recorder: &Recorder, tokio: Option<&tokio::runtime::Runtime>) {
        let (script, ledger) = (self.script(), Arc::<Ledger>::default());
        let call = call(self.dag, &script, &ledger);
        let result = match (self.event, tokio) {
            (Event::IsDropped, Some(tokio)) => {
                tokio.block_on(self.dropped(runtime, recorder, call, &script));
                None
            }
            (Event::IsDropped, None) => {
                support::block_on(self.dropped(runtime, recorder, call, &script));
                None
            }
            (Event::IsCancelled, Some(tokio)) => Some(tokio.block_on(async {
                let mut run = runtime.start(call);
                script.hangs.opened().await;
                run.cancel();
                script.release.open();
                run.await
            })),
            (_, Some(tokio)) => Some(tokio.block_on(runtime.run(call))),
            (_, None) => Some(runtime.run_blocking(call)),
        };
        let log = recorder.take();
        let result = result.map(|result| {
            result.map(|mut outputs| outputs.take::<Token>("return_value").expect("a token").value)
        });
        let end = match &result {
            None => End::Dropped,
            Some(Ok(_)) => End::Value,
            Some(Err(error)) => End::Error(error),
        };
        let observed = Observed { dag: self.dag, log: &log, end };
        observed.obeys_all_laws(&|| self.name());
        let started = log.iter().filter(|event| is_of_task(event)).count();
        assert_eq!(started, script.calls(), "{}: calls, and those told of", self.name());
        assert_eq!(ledger.alive(), 0, "{}: values are left", self.name());
        assert_eq!(Arc::strong_count(&script), 1, "{}: something is left", self.name());
        let retried =
            log.iter().filter(|event| matches!(event.kind, dagger::EventKind::Retried { .. }));
        let is_here = |event: &dagger::Event| {
            event.node().is_some_and(|node| node.name == NAMES[self.position])
        };
        assert!(retried.clone().all(is_here), "{}", self.name());
        match result {
            Some(Ok(value)) => {
                assert!(self.may_succeed(), "{}: it succeeds", self.name());
                assert_eq!(value, self.graph.shape.value(), "{}", self.name());
                let calls = self.graph.shape.calls();
                assert_eq!(script.calls(), calls + retried.count(), "{}", self.name());
            }
            Some(Err(error)) => self.is_expected(&error),
            None => {}
        }
    }

    /// Whether a run may have a result. One on other threads may be faster than its cancellation.
    fn may_succeed(&self) -> bool {
        let is_async = self.graph.is_async(self.position);
        let is_faster = self.event == Event::IsCancelled && self.host == Host::MultiThread;
        self.event.ends_well() || (is_faster && !is_async)
    }

    /// Drops the future of a run that hangs, and waits until nothing of it is left.
    async fn dropped(
        &self,
        runtime: &Runtime,
        recorder: &Recorder,
        call: dagger::Call<Outputs>,
        script: &Script,
    ) {
        let run = runtime.run(call);
        match select(run, pin!(script.hangs.opened())).await {
            Either::Left(_) => panic!("{}: it ended", self.name()),
            Either::Right(((), run)) => drop(run),
        }
        script.release.open();
        recorder.ended().await;
    }

    fn is_expected(&self, error: &Error) {
        // The hook of the tests is silent about what says that it panics on purpose.
        let name = format!("{}: {error}", self.name()).replace("on purpose", "by design");
        assert!(!self.event.ends_well(), "{name}");
        let source = error.source().and_then(|source| source.downcast_ref::<Broken>());
        let is_failure = self.event.act() == Some(Act::Fail);
        assert_eq!(source, is_failure.then_some(&Broken(self.position)), "{name}");
        assert_eq!(error.is_panic(), self.event.act() == Some(Act::Panic), "{name}");
        assert_eq!(error.is_timeout(), self.event.is_timeout(), "{name}");
        assert_eq!(error.is_cancelled(), self.event == Event::IsCancelled, "{name}");
        assert!(error.others().is_empty(), "{name}");
        assert_eq!(error.dag(), self.dag.name());
        if error.is_cancelled() {
            assert!(error.path().is_empty() && error.attempt().is_none(), "{name}");
            return;
        }
        let is_retried = matches!(self.event.options(), Options::Retried | Options::Stubborn);
        // Where another partition has ended the run meanwhile, there is no other attempt.
        let is_last = error.attempt() == Some(2) || (self.everywhere && error.attempt() == Some(1));
        assert!(if is_retried { is_last } else { error.attempt().is_none() }, "{name}");
        let frames = error.path().iter();
        let path: Vec<_> =
            frames.clone().map(|frame| (&frame.node[..], frame.partition.is_some())).collect();
        assert_eq!(path, self.graph.shape.path(self.position), "{name}");
        if !self.everywhere {
            let place: Vec<_> = frames.filter_map(|frame| frame.partition).collect();
            assert_eq!(place, self.graph.shape.place(self.position), "{name}");
        }
    }
}

/// All that can happen at all positions of a shape.
fn enumerate(shape: Shape, threads: usize, host: Host) {
    let recorder = Recorder::default();
    let builder = Runtime::builder().compute_threads(threads).observer(recorder.clone());
    let (runtime, tokio) = (builder.build(), host.start());
    for asyncs in 0..1 << shape.positions() {
        for position in 0..shape.positions() {
            let is_async = asyncs >> position & 1 == 1;
            for options in [Options::Plain, Options::Retried, Options::Timed, Options::Stubborn] {
                let graph = Graph { shape, asyncs, special: (position, options) };
                let dag = graph.build();
                for event in EVENTS.into_iter().filter(|event| event.options() == options) {
                    let is_mapped = !shape.place(position).is_empty();
                    for everywhere in [false, true] {
                        let case =
                            Case { graph, dag: &dag, event, position, everywhere, host, threads };
                        if (everywhere && !is_mapped) || case.is_left_out(is_async) {
                            continue;
                        }
                        case.run(&runtime, &recorder, tokio.as_ref());
                    }
                }
            }
        }
    }
}

impl Case<'_> {
    fn is_left_out(&self, is_async: bool) -> bool {
        let is_mapped = !self.graph.shape.place(self.position).is_empty();
        match self.event {
            // A run that is blocked on has no handle.
            Event::IsCancelled => self.host == Host::Thread,
            // Whatever is quick may be slow on a machine that is busy: what runs out of time is all of
            // a map, and its time is paused, or it computes.
            Event::TimesOutOnce if !is_async => true,
            event if event.is_timeout() => {
                (is_mapped && !self.everywhere) || is_async != (self.host == Host::Paused)
            }
            Event::Nothing => self.position != 0 || self.everywhere,
            _ => self.host == Host::Paused,
        }
    }
}

const HOSTS: [Host; 4] = [Host::CurrentThread, Host::Paused, Host::MultiThread, Host::Thread];

/// The largest shape does not get every host with every number of threads.
fn is_combined(shape: Shape, threads: usize, host: Host) -> bool {
    shape != Shape::Nested
        || match host {
            Host::CurrentThread => threads == 1,
            Host::Paused | Host::Thread => threads == 2,
            Host::MultiThread => threads != 2,
        }
}

fn everything_happens_to(shape: Shape) {
    quiet_panics();
    watched("the matrix", move || {
        for threads in [1, 2, 8] {
            for host in HOSTS {
                if !is_combined(shape, threads, host) {
                    continue;
                }
                enumerate(shape, threads, host);
            }
        }
    });
}

#[test]
fn everything_may_happen_to_a_chain() {
    everything_happens_to(Shape::Chain);
}

#[test]
fn everything_may_happen_to_a_fan_out() {
    everything_happens_to(Shape::FanOut);
}

#[test]
fn everything_may_happen_to_a_diamond() {
    everything_happens_to(Shape::Diamond);
}

#[test]
fn everything_may_happen_to_a_nested_fan_out() {
    everything_happens_to(Shape::Nested);
}
