//! Who looks on while the dag runs: how far it is, and what is written of it.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::ArgMatches;
use dagger_core::{Dag, Error, Parameter};

use super::arguments::{id_of, pairs};
use super::error::Problem;
use super::files::plain;
use super::signals::Signals;
use super::target::Target;
use crate::{ChromeTrace, ProgressBar, RunReport, RuntimeBuilder};

/// What `run` is to show of itself.
pub(super) struct Seen {
    progress: Option<ProgressBar>,
    trace: Option<Written<ChromeTrace>>,
    report: Option<Written<RunReport>>,
}

/// An observer that writes a file.
struct Written<T> {
    place: String,
    observer: T,
}

impl Seen {
    /// Whether all files can be written is known before anything runs.
    pub(super) fn new(dag: &Dag, matches: &ArgMatches, signals: &Signals) -> Result<Self, Problem> {
        let progress = match matches.get_one::<String>("progress").map(String::as_str) {
            Some("bar") => Some(ProgressBar::bar()),
            Some("plain") => Some(ProgressBar::plain()),
            Some("none") => None,
            _ => Some(ProgressBar::auto()),
        };
        let trace = Written::new("trace", matches, signals, ChromeTrace::create)?;
        let report = Written::new("report", matches, signals, RunReport::create)?;
        if let Some(trace) = trace.as_ref().map(|trace| trace.observer.clone()) {
            signals.at_last(move || trace.finish());
        }
        if let Some(report) = report.as_ref().map(|report| report.observer.clone()) {
            for (name, value) in parameters(dag, matches)? {
                report.parameter(name, value);
            }
            signals.at_last(move || report.finish());
        }
        Ok(Self { progress, trace, report })
    }

    /// Lets them look on.
    pub(super) fn watch(&mut self, mut runtime: RuntimeBuilder) -> RuntimeBuilder {
        if let Some(progress) = self.progress.take() {
            runtime = runtime.observer(progress);
        }
        if let Some(trace) = &self.trace {
            runtime = runtime.observer(trace.observer.clone());
        }
        if let Some(report) = &self.report {
            runtime = runtime.observer(report.observer.clone());
        }
        runtime
    }

    /// The run has failed.
    pub(super) fn failed(&self, error: &Error) {
        if let Some(report) = &self.report {
            report.observer.error(error);
        }
    }

    /// An output was written.
    pub(super) fn size(&self, output: &str, bytes: Option<u64>) {
        if let (Some(report), Some(bytes)) = (&self.report, bytes) {
            report.observer.fact(format!("output {output}"), format!("{bytes} bytes"));
        }
    }

    /// Ends the files, however the run has ended.
    pub(super) fn keep(self) -> Result<(), Problem> {
        let trace = self.trace.map_or(Ok(()), |trace| trace.keep(ChromeTrace::finish));
        let report = self.report.map_or(Ok(()), |report| report.keep(RunReport::finish));
        trace.and(report)
    }
}

impl<T> Written<T> {
    fn new(
        option: &str,
        matches: &ArgMatches,
        signals: &Signals,
        create: impl FnOnce(PathBuf) -> io::Result<T>,
    ) -> Result<Option<Self>, Problem> {
        let Some(path) = matches.get_one::<OsString>(option).map(PathBuf::from) else {
            return Ok(None);
        };
        Target::new(format!("--{option}"), &path, false, signals)?;
        let place = format!("--{option} {}", path.display());
        match create(path) {
            Ok(observer) => Ok(Some(Self { place, observer })),
            Err(error) => Err(unwritable(&place, &error)),
        }
    }

    fn keep(self, finish: impl FnOnce(&T) -> io::Result<()>) -> Result<(), Problem> {
        finish(&self.observer).map_err(|error| unwritable(&self.place, &error))
    }
}

/// The parameters, as they were given.
fn parameters(dag: &Dag, matches: &ArgMatches) -> Result<Vec<(String, String)>, Problem> {
    let files = pairs(matches, "input")?;
    let value = |parameter: &Parameter| {
        let file = files.iter().find(|(name, _)| *name == parameter.name);
        let file = file.map(|(_, file)| format!("in {}", file.display()));
        let given = matches.get_one::<String>(&id_of(parameter)).cloned();
        let value = given.or(file).or_else(|| parameter.default.clone()).unwrap_or_default();
        (parameter.name.clone(), value)
    };
    Ok(dag.parameters().iter().map(value).collect())
}

fn unwritable(place: &str, error: &io::Error) -> Problem {
    Problem::Failed(format!("`{place}` cannot be written: {}", plain(error)))
}
