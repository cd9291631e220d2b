//! The oracle: a DAG read as a function and as a graph gives the same value and calls the same tasks.
//!
//! The programs are written by the build script, which documents the variables that choose them. They run one after
//! another, since all tasks write to one log.

use std::any::Any;
use std::error::Error;
use std::fmt::{Debug, Display, Write as _};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::time::Duration;

use dagger_generated_tests::log::{self, Log};
use tokio::runtime::{Builder, Runtime};

/// The generated programs.
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::restriction,
    reason = "random programs spell things in every way that Rust allows, not in the best one"
)]
mod programs {
    use super::{Outcome, Program, Reading, reported, shown, told};

    include!(concat!(env!("OUT_DIR"), "/programs.rs"));
}

/// A value as text, or an error with its causes.
type Outcome = Result<String, String>;

/// A run of a program, to be awaited.
type Reading = Pin<Box<dyn Future<Output = Outcome>>>;

/// An entry of the table of programs.
struct Program {
    name: &'static str,
    seed: u64,
    /// How many sets of arguments there are.
    cases: usize,
    function: fn(usize) -> Reading,
    graph: fn(usize) -> Reading,
    /// The graph, without an async context.
    blocking: fn(usize) -> Outcome,
    source: &'static str,
}

/// What a run did.
struct Observed {
    outcome: Outcome,
    /// Sorted: the two readings may run nodes in different orders.
    calls: Vec<String>,
    failures: Vec<String>,
}

/// How long a program may take before it counts as stuck.
const LIMIT: Duration = Duration::from_mins(1);

/// How many failures to print in full.
const SHOWN: usize = 3;

#[test]
fn every_program_reads_the_same_both_ways() {
    let runtimes = [
        ("on the current thread", runtime(None)),
        ("on 1 worker thread", runtime(Some(1))),
        ("on 2 worker threads", runtime(Some(2))),
        ("on 8 worker threads", runtime(Some(8))),
    ];
    let mut faults = Vec::new();
    let mut failing = 0;
    for program in programs::PROGRAMS {
        let checked = (0..program.cases).map(|case| check(program, case, &runtimes));
        match checked.collect::<Result<Vec<bool>, String>>() {
            Ok(succeeded) => failing += succeeded.iter().filter(|succeeded| !**succeeded).count(),
            Err(fault) => faults.push(format!("{fault}\n{}", reproduction(program))),
        }
    }
    let cases: usize = programs::PROGRAMS.iter().map(|program| program.cases).sum();
    println!(
        "{} programs, {cases} cases, of which {failing} fail as functions",
        programs::PROGRAMS.len()
    );
    // The shortest is the easiest to understand.
    faults.sort_by_key(String::len);
    let shown = faults.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(
        faults.is_empty(),
        "{} programs differ, the shortest of them:\n\n{shown}",
        faults.len()
    );
}

/// A runtime with so many worker threads, or none.
fn runtime(workers: Option<usize>) -> Runtime {
    let builder = match workers {
        None => Builder::new_current_thread().enable_time().build(),
        Some(workers) => Builder::new_multi_thread().worker_threads(workers).enable_time().build(),
    };
    builder.expect("a runtime can be built")
}

/// Compares the readings for one set of arguments. Returns whether the function succeeds, or says what differs.
fn check(program: &Program, case: usize, runtimes: &[(&str, Runtime)]) -> Result<bool, String> {
    let (_, runtime) = &runtimes[0];
    let function = || runtime.block_on((program.function)(case));
    let expected =
        observe(function).map_err(|fault| format!("case {case}, as a function: {fault}"))?;
    // A program that differs from itself proves nothing about the library.
    let again =
        observe(function).map_err(|fault| format!("case {case}, as a function: {fault}"))?;
    compare(&expected, &again)
        .map_err(|fault| format!("case {case}, the function a second time: {fault}"))?;
    for (place, runtime) in runtimes {
        let graph = async || tokio::time::timeout(LIMIT, (program.graph)(case)).await;
        let stuck = |_| format!("case {case}, as a graph {place}: no result after {LIMIT:?}");
        let mut timeout = None;
        let observed = observe(|| match runtime.block_on(graph()) {
            Ok(outcome) => outcome,
            Err(elapsed) => {
                timeout = Some(stuck(elapsed));
                Err(String::new())
            }
        });
        if let Some(timeout) = timeout {
            return Err(timeout);
        }
        let compared = observed.and_then(|observed| compare(&expected, &observed));
        compared.map_err(|fault| format!("case {case}, as a graph {place}: {fault}"))?;
    }
    let compared =
        observe(|| (program.blocking)(case)).and_then(|observed| compare(&expected, &observed));
    compared.map_err(|fault| format!("case {case}, as a graph with `run_blocking`: {fault}"))?;
    Ok(expected.outcome.is_ok())
}

/// Runs a reading, and returns what it did.
fn observe(run: impl FnOnce() -> Outcome) -> Result<Observed, String> {
    let left = log::take();
    if !left.calls.is_empty() {
        return Err(format!("a task was called after the run before had ended: {:?}", left.calls));
    }
    let outcome = catch_unwind(AssertUnwindSafe(run));
    let Log { mut calls, failures } = log::take();
    calls.sort();
    let outcome = outcome.map_err(|panic| format!("it panics: {}", message(&*panic)))?;
    Ok(Observed { outcome, calls, failures })
}

/// The text of a panic.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

/// The law: the same value and the same calls; or, where the function fails, a failure that has happened.
fn compare(expected: &Observed, observed: &Observed) -> Result<(), String> {
    match (&expected.outcome, &observed.outcome) {
        (Ok(expected), Ok(observed)) if expected != observed => {
            return Err(format!(
                "the value differs\n  function: {expected}\n  graph:    {observed}"
            ));
        }
        (Ok(_), Err(error)) => return Err(format!("it fails, and the function does not: {error}")),
        (Err(error), Ok(value)) => {
            return Err(format!("it gives {value}, and the function fails: {error}"));
        }
        (Err(_), Err(error)) => {
            // Which nodes have run by then is not determined, but the error must be one that a task returned.
            let is_real = observed.failures.iter().any(|failure| error.contains(failure));
            let failures = &observed.failures;
            return is_real
                .then_some(())
                .ok_or_else(|| format!("its error is `{error}`, of tasks: {failures:?}"));
        }
        (Ok(_), Ok(_)) => {}
    }
    if expected.calls == observed.calls {
        return Ok(());
    }
    let mut text = "the calls differ".to_owned();
    for (reading, calls, others) in [
        ("function", &expected.calls, &observed.calls),
        ("graph", &observed.calls, &expected.calls),
    ] {
        let _ = write!(text, "\n  only in the {reading}: {}", surplus(calls, others).join("  "));
    }
    Err(text)
}

/// What one list has more of than the other.
fn surplus<'a>(calls: &'a [String], others: &[String]) -> Vec<&'a str> {
    let mut others = others.to_vec();
    let mut surplus = Vec::new();
    for call in calls {
        match others.iter().position(|other| other == call) {
            Some(at) => drop(others.swap_remove(at)),
            None => surplus.push(call.as_str()),
        }
    }
    surplus
}

/// How to run a program by itself, and its text.
fn reproduction(program: &Program) -> String {
    let Program { name, seed, source, .. } = program;
    // What is left out changes what a seed gives.
    let without = option_env!("DAGGER_WITHOUT").unwrap_or_default();
    format!("{name} is DAGGER_SEED={seed} DAGGER_PROGRAMS=1 DAGGER_WITHOUT={without}:\n{source}")
}

/// The value of a function that cannot fail.
fn shown(value: impl Debug) -> String {
    format!("{value:?}")
}

/// The outcome of a function.
fn told(result: Result<impl Debug, impl Display>) -> Outcome {
    result.map(shown).map_err(|error| error.to_string())
}

/// The outcome of a graph: of an error, the texts of all its causes.
fn reported(result: Result<impl Debug, dagger::Error>) -> Outcome {
    result.map(shown).map_err(|error| {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        text
    })
}
