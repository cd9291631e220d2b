//! `run --checkpoint`, `run --cache`, and `explain`: what is kept of runs.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use clap::{Arg, ArgMatches, Command, value_parser};
use dagger_core::{Dag, Detail, Event, EventKind, Observer};

use super::arguments::listed;
use super::error::{Problem, one_line};
use super::print;
use crate::sync::lock;
use crate::{Cache, Report, RuntimeBuilder};

fn checkpoint() -> Arg {
    Arg::new("checkpoint")
        .long("checkpoint")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
}

fn cache() -> Arg {
    Arg::new("cache").long("cache").value_name("DIR").value_parser(value_parser!(PathBuf))
}

/// The options of `run`.
pub(super) fn options(run: Command) -> Command {
    let number = |name: &'static str, value: &'static str, help: &'static str| {
        let arg = Arg::new(name).long(name).value_name(value).requires("cache").help(help);
        arg.value_parser(value_parser!(u32).range(1..))
    };
    run.arg(checkpoint().help("Keeps what is done in a file, and goes on with what that has"))
        .arg(cache().help("Keeps the results of tasks that are cached, and takes them from there"))
        .arg(number("cache-mib", "N", "Keeps at most so many MiB  [default: 1024]"))
        .arg(number("cache-days", "N", "Keeps nothing that was not used for so many days"))
}

pub(super) fn command() -> Command {
    Command::new("explain")
        .about("Says what the last run with a checkpoint or a cache did with each node, and why")
        .arg(checkpoint().help("The file that the run was given"))
        .arg(cache().help("The directory that the run was given"))
        .arg(Arg::new("node").value_name("NODE").help("Only this one: `outer.inner`"))
}

/// The cache that is asked for.
fn cache_of(matches: &ArgMatches) -> Option<Cache> {
    let mut cache = Cache::new(matches.get_one::<PathBuf>("cache")?);
    if let Some(mib) = matches.get_one::<u32>("cache-mib") {
        cache = cache.max_bytes(u64::from(*mib) << 20);
    }
    if let Some(days) = matches.get_one::<u32>("cache-days") {
        cache = cache.max_age(Duration::from_hours(24 * u64::from(*days)));
    }
    Some(cache)
}

/// What was kept, and is of no use, and what cannot be kept, is said on standard error: once a node. Where a
/// progress bar is drawn there, that waits for the end of the run.
#[derive(Clone)]
pub(super) struct Warnings(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    waits: bool,
    all: Vec<String>,
    /// How many of them are said.
    said: usize,
}

impl Warnings {
    pub(super) fn new(matches: &ArgMatches) -> Self {
        let progress = matches.get_one::<String>("progress").map(String::as_str);
        let waits = match progress {
            Some("bar") => true,
            Some("none" | "plain") => false,
            _ => io::stderr().is_terminal(),
        };
        Self(Arc::new(Mutex::new(Lines { waits, ..Lines::default() })))
    }

    /// Lets a runtime keep what these options ask for.
    pub(super) fn watch(&self, runtime: RuntimeBuilder, matches: &ArgMatches) -> RuntimeBuilder {
        let file = matches.get_one::<PathBuf>("checkpoint");
        let (runtime, checkpoint) = match file {
            Some(file) => (runtime.checkpoint(file), true),
            None => (runtime, false),
        };
        match cache_of(matches) {
            Some(cache) => runtime.cache(cache).observer(self.clone()),
            None if checkpoint => runtime.observer(self.clone()),
            None => runtime,
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        lock(&self.0)
    }

    /// Says what has waited.
    pub(super) fn say(&self) {
        let mut lines = self.lines();
        for line in &lines.all[lines.said..] {
            // Nobody may be there to read it.
            let _ = writeln!(io::stderr(), "{line}");
        }
        lines.said = lines.all.len();
    }
}

impl Observer for Warnings {
    fn observe(&self, event: &Event) {
        let (EventKind::Outdated { reason } | EventKind::NotKept { reason }) = &event.kind else {
            return;
        };
        let (address, reason) = (event.address(), one_line(reason));
        let line = match &event.kind {
            _ if address.is_empty() => format!("warning: {reason}"),
            EventKind::NotKept { .. } => format!("what `{address}` returned is not kept: {reason}"),
            _ => format!("`{address}` runs again: {reason}"),
        };
        let mut lines = self.lines();
        if lines.all.contains(&line) {
            return;
        }
        lines.all.push(line);
        let waits = lines.waits;
        drop(lines);
        if !waits {
            self.say();
        }
    }

    fn detail(&self) -> Detail {
        Detail::Nodes
    }
}

pub(super) fn explain(dag: &Dag, matches: &ArgMatches) -> Result<(), Problem> {
    let report = report(dag, matches)?;
    let Some(address) = matches.get_one::<String>("node") else {
        return print(&report.to_string());
    };
    let Some(node) = report.node(address) else {
        let nodes: Vec<_> =
            report.nodes().iter().map(|node| format!("`{}`", node.address)).collect();
        let what = if matches.contains_id("cache") { "cached node" } else { "node" };
        return Err(Problem::Usage(format!(
            "the last run came to no {what} `{address}`; it came to {}",
            listed(&nodes)
        )));
    };
    print(&node.to_string())
}

/// What the run did that is asked for.
fn report(dag: &Dag, matches: &ArgMatches) -> Result<Report, Problem> {
    let path = |name: &str| matches.get_one::<PathBuf>(name);
    let (report, nothing) = match (path("checkpoint"), path("cache")) {
        (Some(file), None) => (crate::explain(file), "no run with this checkpoint has ended yet"),
        (None, Some(directory)) => (
            Cache::new(directory).explain(dag),
            "no run of this dag that has ended came to a cached task with this cache",
        ),
        (given, _) => {
            let either = "`--checkpoint <FILE>` or `--cache <DIR>`";
            let words = if given.is_some() { "takes only one of" } else { "lacks" };
            return Err(Problem::Usage(format!("`explain` {words} {either}")));
        }
    };
    let report = report.map_err(Problem::Failed)?;
    match report.nodes() {
        [] => Err(Problem::Failed(nothing.to_owned())),
        _ => Ok(report),
    }
}
