//! Graphs of four shapes whose tasks do what a script says, sync and async, over values that are counted.

use std::collections::HashMap;
use std::fmt;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use dagger::hand::{DagBuilder, Handle, constant, gather, node};
use dagger::{Call, Dag, Inputs};
use tokio::task::yield_now;

use crate::support::Latch;

/// How many values were made, cloned ones included, and how many were dropped.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    made: AtomicUsize,
    cloned: AtomicUsize,
    dropped: AtomicUsize,
}

impl Ledger {
    /// How many are left.
    pub(crate) fn alive(&self) -> usize {
        self.made.load(Ordering::SeqCst) - self.dropped.load(Ordering::SeqCst)
    }

    pub(crate) fn cloned(&self) -> usize {
        self.cloned.load(Ordering::SeqCst)
    }
}

/// A value between nodes.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) value: usize,
    /// The partitions it is of, outermost first.
    place: Vec<usize>,
    ledger: Arc<Ledger>,
}

impl Token {
    pub(crate) fn new(value: usize, place: Vec<usize>, ledger: &Arc<Ledger>) -> Self {
        ledger.made.fetch_add(1, Ordering::SeqCst);
        Self { value, place, ledger: Arc::clone(ledger) }
    }
}

impl Clone for Token {
    fn clone(&self) -> Self {
        self.ledger.cloned.fetch_add(1, Ordering::SeqCst);
        Self::new(self.value, self.place.clone(), &self.ledger)
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.ledger.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// The error of a task: its position.
#[derive(Debug, PartialEq)]
pub(crate) struct Broken(pub(crate) usize);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "position {} is broken", self.0)
    }
}

impl std::error::Error for Broken {}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Fail,
    Panic,
    /// It takes longer than its time: for ever, where it is async.
    Linger,
    /// It says so, and waits to be released, or for ever, where it is async.
    Hang,
}

#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) position: usize,
    /// Where it is mapped over; everywhere, where there is none.
    pub(crate) place: Option<Vec<usize>>,
    pub(crate) act: Act,
    /// Whether it does so in its first attempt only.
    pub(crate) once: bool,
}

/// What the tasks of a run do.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) faults: Vec<Fault>,
    /// Whether async tasks suspend before they do anything.
    pub(crate) suspends: bool,
    calls: Mutex<HashMap<(usize, Vec<usize>), usize>>,
    pub(crate) hangs: Latch,
    pub(crate) release: Latch,
}

/// The `timeout` of the tasks that have one.
const LIMIT: Duration = Duration::from_millis(1);

impl Script {
    pub(crate) fn new(faults: Vec<Fault>, suspends: bool) -> Arc<Self> {
        Arc::new(Self { faults, suspends, ..Self::default() })
    }

    /// How often a task was called.
    pub(crate) fn calls(&self) -> usize {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    fn enter(&self, position: usize, place: &[usize]) -> Option<Act> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = calls.entry((position, place.to_owned())).or_default();
        *calls += 1;
        let is_here = |fault: &&Fault| {
            fault.position == position
                && fault.place.as_ref().is_none_or(|at| *at == place)
                && (*calls == 1 || !fault.once)
        };
        self.faults.iter().find(is_here).map(|fault| fault.act)
    }

    pub(crate) fn act(&self, position: usize, place: &[usize]) -> Result<(), Broken> {
        match self.enter(position, place) {
            None => Ok(()),
            Some(Act::Fail) => Err(Broken(position)),
            Some(Act::Panic) => panic!("position {position} panics on purpose"),
            Some(Act::Linger) => {
                let begin = Instant::now();
                while begin.elapsed() <= LIMIT + LIMIT / 4 {
                    std::hint::spin_loop();
                }
                Ok(())
            }
            Some(Act::Hang) => {
                self.hangs.open();
                self.release.wait();
                Ok(())
            }
        }
    }

    pub(crate) async fn act_later(&self, position: usize, place: &[usize]) -> Result<(), Broken> {
        let act = self.enter(position, place);
        if self.suspends {
            yield_now().await;
        }
        match act {
            None => Ok(()),
            Some(Act::Fail) => Err(Broken(position)),
            Some(Act::Panic) => panic!("position {position} panics on purpose"),
            Some(Act::Linger) => pending().await,
            Some(Act::Hang) => {
                self.hangs.open();
                pending().await
            }
        }
    }
}

fn stepped(token: &Token) -> Token {
    Token::new(token.value + 1, token.place.clone(), &token.ledger)
}

/// Three partitions.
fn parts(token: &Token) -> Vec<Token> {
    let part = |index| {
        let place = [&token.place[..], &[index]].concat();
        Token::new(token.value + index, place, &token.ledger)
    };
    (0..3).map(part).collect()
}

fn place_of_all(tokens: &[Token]) -> &[usize] {
    let places = (&tokens[0].place, &tokens[1].place);
    if places.0 == places.1 { places.0 } else { &places.0[..places.0.len() - 1] }
}

fn joined(tokens: &[Token]) -> Token {
    let sum = tokens.iter().map(|token| token.value).sum::<usize>();
    Token::new(sum + 1, place_of_all(tokens).to_owned(), &tokens[0].ledger)
}

/// The same tasks with other options: one that makes a token of a token, a fan-out and a fan-in.
macro_rules! tasks {
    ($($module:ident($($options:tt)*);)*) => {$(
        mod $module {
            use super::{Arc, Broken, Script, Token, joined, parts, place_of_all, stepped};

            #[dagger::task($($options)*)]
            pub(super) fn step(
                token: Token,
                at: usize,
                script: Arc<Script>,
            ) -> Result<Token, Broken> {
                script.act(at, &token.place)?;
                Ok(stepped(&token))
            }

            #[dagger::task($($options)*)]
            pub(super) async fn step_later(
                token: Token,
                at: usize,
                script: Arc<Script>,
            ) -> Result<Token, Broken> {
                script.act_later(at, &token.place).await?;
                Ok(stepped(&token))
            }

            #[dagger::task($($options)*)]
            pub(super) fn split(
                token: Token,
                at: usize,
                script: Arc<Script>,
            ) -> Result<Vec<Token>, Broken> {
                script.act(at, &token.place)?;
                Ok(parts(&token))
            }

            #[dagger::task($($options)*)]
            pub(super) async fn split_later(
                token: Token,
                at: usize,
                script: Arc<Script>,
            ) -> Result<Vec<Token>, Broken> {
                script.act_later(at, &token.place).await?;
                Ok(parts(&token))
            }

            #[dagger::task($($options)*)]
            pub(super) fn join(
                tokens: Vec<Token>,
                at: usize,
                script: Arc<Script>,
            ) -> Result<Token, Broken> {
                script.act(at, place_of_all(&tokens))?;
                Ok(joined(&tokens))
            }

            #[dagger::task($($options)*)]
            pub(super) async fn join_later(
                tokens: Vec<Token>,
                at: usize,
                script: Arc<Script>,
            ) -> Result<Token, Broken> {
                script.act_later(at, place_of_all(&tokens)).await?;
                Ok(joined(&tokens))
            }
        }
    )*};
}

tasks! {
    plain();
    retried(retry(limit = 1));
    timed(timeout = "1ms");
    stubborn(retry(limit = 1), timeout = "1ms");
}

/// The options of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Options {
    Plain,
    Retried,
    Timed,
    Stubborn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Chain,
    FanOut,
    Nested,
    Diamond,
}

/// A graph: which positions are async, and which one has options.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Graph {
    pub(crate) shape: Shape,
    /// A bit a position.
    pub(crate) asyncs: usize,
    pub(crate) special: (usize, Options),
}

/// A node that is added to a builder, whichever task it is.
macro_rules! add {
    ($graph:expr, $at:expr, $dag:ident.$method:ident($sync:ident, $later:ident, $inputs:expr)) => {{
        let (at, name) = ($at, NAMES[$at]);
        let options = if $graph.special.0 == at { $graph.special.1 } else { Options::Plain };
        match (options, $graph.is_async(at)) {
            (Options::Plain, false) => $dag.$method(node!(plain::$sync).named(name), $inputs),
            (Options::Plain, true) => $dag.$method(node!(plain::$later).named(name), $inputs),
            (Options::Retried, false) => $dag.$method(node!(retried::$sync).named(name), $inputs),
            (Options::Retried, true) => $dag.$method(node!(retried::$later).named(name), $inputs),
            (Options::Timed, false) => $dag.$method(node!(timed::$sync).named(name), $inputs),
            (Options::Timed, true) => $dag.$method(node!(timed::$later).named(name), $inputs),
            (Options::Stubborn, false) => $dag.$method(node!(stubborn::$sync).named(name), $inputs),
            (Options::Stubborn, true) => $dag.$method(node!(stubborn::$later).named(name), $inputs),
        }
    }};
}

/// The names of the nodes, by position.
pub(crate) const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

impl Graph {
    pub(crate) fn is_async(&self, position: usize) -> bool {
        self.asyncs >> position & 1 == 1
    }

    pub(crate) fn build(&self) -> Dag {
        match self.shape {
            Shape::Chain => built("chain", |dag, token, script| {
                let token = self.step(dag, 0, token, script);
                let token = self.step(dag, 1, token, script);
                self.step(dag, 2, token, script)
            }),
            Shape::FanOut => {
                built("fan-out", |dag, token, script| self.fan_out(dag, [0, 1, 2], token, script))
            }
            Shape::Nested => {
                let inner = built("inner", |dag, token, script| {
                    self.fan_out(dag, [1, 2, 3], token, script)
                });
                built("nested", |dag, token, script| {
                    let parts = add!(
                        self,
                        0,
                        dag.try_node(split, split_later, (token, at(0), script.cloned()))
                    );
                    let parts =
                        dag.map(inner.returning::<Token>(), (parts.each(), script.cloned()));
                    add!(self, 4, dag.try_node(join, join_later, (parts, at(4), script.cloned())))
                })
            }
            Shape::Diamond => built("diamond", |dag, token, script| {
                let token = self.step(dag, 0, token, script);
                // A move would wait for the clone.
                let [left, right] = [1, 2].map(|arm| {
                    add!(
                        self,
                        arm,
                        dag.try_node(step, step_later, (token.cloned(), at(arm), script.cloned()))
                    )
                });
                add!(
                    self,
                    3,
                    dag.try_node(join, join_later, (gather([left, right]), at(3), script.cloned()))
                )
            }),
        }
    }

    fn step(
        &self,
        dag: &mut DagBuilder,
        position: usize,
        token: Handle<Token>,
        script: Handle<Arc<Script>>,
    ) -> Handle<Token> {
        add!(self, position, dag.try_node(step, step_later, (token, at(position), script.cloned())))
    }

    fn fan_out(
        &self,
        dag: &mut DagBuilder,
        [a, b, c]: [usize; 3],
        token: Handle<Token>,
        script: Handle<Arc<Script>>,
    ) -> Handle<Token> {
        let parts =
            add!(self, a, dag.try_node(split, split_later, (token, at(a), script.cloned())));
        let parts =
            add!(self, b, dag.try_map(step, step_later, (parts.each(), at(b), script.cloned())));
        add!(self, c, dag.try_node(join, join_later, (parts, at(c), script.cloned())))
    }
}

fn at(position: usize) -> dagger::hand::Constant<usize> {
    constant(position)
}

fn built(
    name: &str,
    body: impl FnOnce(&mut DagBuilder, Handle<Token>, Handle<Arc<Script>>) -> Handle<Token>,
) -> Dag {
    let mut dag = Dag::builder(name);
    let token = dag.parameter::<Token>("token");
    let script = dag.parameter::<Arc<Script>>("script");
    let token = body(&mut dag, token, script);
    dag.output("return_value", token);
    dag.build().unwrap_or_else(|error| panic!("{error}"))
}

/// A call of such a graph, with a token of the value 0.
pub(crate) fn call(dag: &Dag, script: &Arc<Script>, ledger: &Arc<Ledger>) -> Call<dagger::Outputs> {
    let token = Token::new(0, Vec::new(), ledger);
    Call::by_name(dag, Inputs::new().with("token", token).with("script", Arc::clone(script)))
}
